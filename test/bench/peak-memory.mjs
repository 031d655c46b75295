// Loaded into a measured program: leaves the most memory (kB) that the process ever held in the file BENCH_PEAK.
import { readFileSync, writeFileSync } from 'node:fs';

const file = process.env.BENCH_PEAK;
// Nothing that the program starts is to write there too.
delete process.env.BENCH_PEAK;

if (file !== undefined && process.platform === 'linux') {
  process.on('exit', () => {
    const [, peak] = /^VmHWM:\s*(\d+)/m.exec(readFileSync('/proc/self/status', 'utf8')) ?? [];
    if (peak !== undefined) writeFileSync(file, peak);
  });
}

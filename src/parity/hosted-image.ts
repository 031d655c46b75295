/** The programs of GitHub's Ubuntu images that scripts call, and what a shell brings along. */

const SHELL = `
. : [ alias bg bind break builtin caller case cd command compgen complete continue declare dirs disown done echo elif
else enable esac eval exec exit export false fc fg fi for function getopts hash help history if in jobs kill let local
logout mapfile popd printf pushd pwd read readarray readonly return select set shift shopt source suspend test then
time times trap true type typeset ulimit umask unalias unset until wait while`;

const SYSTEM = `
add-apt-repository addgroup adduser busctl bzcat bzip2recover capsh chage chpasswd chroot dbus-run-session dbus-send
debconf-set-selections dpkg-reconfigure envsubst faillock fdisk findmnt getcap getfacl getopt gettext groupadd groupdel
groupmod hwclock insmod ip6tables ipcs kmod loginctl logrotate losetup lsattr lsmod lsns lzma mkfs mkfs.ext4 modprobe
nft nsenter passwd pivot_root resolvectl runuser setcap setfacl snapctl ssh-copy-id sudoedit systemd-analyze
systemd-run tc tic tput unlzma unzstd update-alternatives update-ca-certificates userdel visudo w xzcat xzgrep zcmp
zdiff zgrep zless zstdcat
addr2line agetty apt-config apt-key apt-mark basenc blkid blockdev bridge bzless bzgrep chcon chfn chrt chsh c_rehash
deluser delgroup dnsdomainname domainname fsck fstrim funzip git-receive-pack git-upload-pack gmake hd hardlink hostid
infocmp infotocap ipcmk ipcrm json_pp lastlog lessecho localectl localedef lslocks mkswap namei networkctl newgrp
ngettext nologin perldoc piconv pldd pmap pod2man pod2text prove pstree pzstd rgrep route run-parts savelog scp
scriptreplay sdiff setterm sg shasum skill slabtop snice start-stop-daemon swapoff systemd-cat systemd-detect-virt
systemd-escape systemd-notify systemd-tmpfiles tempfile tload tset ul umount vdir wall wipefs write xzdiff xzless zdump
zipcloak zipgrep zipinfo zipnote zipsplit zmore
apt apt-cache apt-get arch awk b2sum base32 base64 basename bash bc bzip2 bunzip2 cat chattr chgrp chmod chown chroot
cksum clear cmp col column comm cp cpio crontab csplit curl cut dash date dd df diff diff3 dig dir dircolors dirname
dmesg dpkg dpkg-deb dpkg-query du ed egrep env expand expr factor fallocate fgrep file find flock fmt fold free ftp
fuser gawk getent getconf gpg gpgconf grep groups gunzip gzip head hexdump host hostname hostnamectl iconv id ifconfig
install ionice ip iptables join journalctl jq killall last ldconfig ldd less link ln locale locale-gen logger
login logname look ls lsb_release lsblk lscpu lsof lz4 m4 man md5sum mkdir mkfifo mknod mktemp more mount mountpoint mv
nano nc netcat netstat nice nl nohup nproc nslookup numfmt od openssl parallel paste patch patchelf pathchk perl pgrep
pidof ping pinky pkill pkg-config pr printenv prlimit ps ptx pwdx python readlink realpath rename renice reset rev rm
rmdir rsync runcon script sed seq service setsid setpriv sftp sh sha1sum sha224sum sha256sum sha384sum sha512sum shred
shuf sleep snap socat sort split sqlite3 ss ssh ssh-add ssh-agent ssh-keygen ssh-keyscan sshpass stat stdbuf strace
strings strip stty su sudo sum swapon sync sysctl systemctl tac tail tar taskset tcpdump tee telnet timedatectl timeout
top touch tput tr tree truncate tsort tty tzselect uname uncompress unexpand uniq unlink unshare unxz unzip uptime
useradd usermod users uuidgen vi vim vmstat watch wc wget whereis which who whoami xargs xauth xvfb-run xxd xz yes zcat zip
zstd`;

const TOOLS = `
7z 7za ansible ansible-playbook ant apache2 apache2ctl ar aria2c as autoconf automake aws az azcopy azcopy10 bazel
bazelisk bicep bison brotli buildah bundle bundler c++ cabal cargo cargo-fmt cc c++filt chromedriver chromium chromium-browser
clang clang++ clang-format clang-tidy cmake codeql composer conda containerd corepack cpan cpp cpack ctest docker
docker-credential-ecr-login dotnet ed fakeroot fastlane firefox flex g++ gcc gcloud gcov geckodriver gem gfortran gh
ghc ghcup git git-ftp git-lfs go gofmt google-chrome google-chrome-stable gpasswd gprof gradle gsutil bq helm hg indexer irb java javac
javadoc jar julia kind kotlin kotlinc kubectl kustomize ld lerna libtool libtoolize lld lldb make makeinfo mediainfo
microsoft-edge microsoft-edge-stable minikube msedgedriver mvn mysql mysqladmin mysqld mysqldump mysqlimport n nbgv newman nginx ninja nm node npm npx
objcopy objdump packer parcel pear pecl pg_dump pg_isready pg_restore createdb createuser dropdb php phpize phpunit pigz pip pip3 pipx pkg podman psql pulumi pwsh pypy3
pydoc3 python3 rake ri ranlib rdoc readelf ri rpm rpmbuild ruby runghc rustc rustdoc rustfmt rustup sam searchd shellcheck size
session-manager-plugin skopeo stack swift swiftc swig upx vcpkg wish Xvfb yamllint yarn yq`;

const PROGRAMS: ReadonlySet<string> = new Set(`${SHELL} ${SYSTEM} ${TOOLS}`.trim().split(/\s+/));

/** Versions in a name, such as `python3.12` or `gcc-13`, count as the program. */
export function isOnHostedImage(program: string): boolean {
  return PROGRAMS.has(program) || PROGRAMS.has(program.replace(/-?\d[\d.]*$/, ''));
}

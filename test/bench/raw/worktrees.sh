#!/usr/bin/env bash
# What orch does for tasks that each write one small file, by hand: worktrees.sh REPOSITORY TASKS PARALLEL NAME
set -euo pipefail
repository=$1 tasks=$2 parallel=$3 name=$4
lock=$repository/.git/bench.lock
trees=$(mktemp -d)

work() {
  for ((i = $1; i <= tasks; i += parallel)); do
    cd "$repository"
    flock "$lock" git worktree add -q -b "raw/$name/t$i" "$trees/t$i" HEAD
    cd "$trees/t$i"
    bash -c "echo $i > out-$i.txt"
    git add -A
    git commit -q -m "task $i"
    cd "$repository"
    flock "$lock" git worktree remove "$trees/t$i"
  done
}

workers=()
for ((w = 1; w <= parallel; w++)); do
  work "$w" &
  workers+=($!)
done
for worker in "${workers[@]}"; do wait "$worker"; done
rm -r "$trees"

#!/usr/bin/env bash
# What orch does for jobs of one step, by hand: a clone that shares its objects, the step, and the clone is gone again:
# jobs.sh REPOSITORY JOBS PARALLEL
set -euo pipefail
top=$(mktemp -d)
printf true >"$top/script"
job() {
  git clone -q --shared "$REPOSITORY" "$TOP/$1"
  cd "$TOP/$1"
  bash --noprofile --norc -e -o pipefail "$TOP/script"
  rm -rf "${TOP:?}/$1"
}
export -f job
export REPOSITORY=$1 TOP=$top
seq "$2" | xargs -P "$3" -I{} bash -c 'job {}'
rm -rf "$top"

#!/usr/bin/env bash
# Installs the programs that only some tests ask for. Without them those tests say that they were skipped.
set -euo pipefail
missing=()
for program in git-lfs zsh fish; do command -v "$program" >/dev/null || missing+=("$program"); done
[ ${#missing[@]} -eq 0 ] && exit 0
echo "installing ${missing[*]}"
apt-get update -qq
DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null

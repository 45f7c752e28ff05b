#!/usr/bin/env bash
# Makes the pictures of the console in docs/images/ anew: scripts/screenshots.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"
packages chromium || say "Debian's chromium is needed for the pictures."
build_console
build_tool
npm_packages tests/Parley.EndToEnd/js
PARLEY_TOOL="$PWD/$tool" node tests/Parley.EndToEnd/js/console-views.mjs docs/images

#!/usr/bin/env bash
# Compiles samples/Aot ahead of time, with the client libraries whole, and fails on any warning. Prints the path of the program.
# Takes a minute or two; ./test --long does it. In a copy, because publishing for one platform would change the lock files.
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"
need dotnet "the .NET 10 SDK"
packages clang zlib1g-dev || say "The Debian packages clang and zlib1g-dev could not be installed: the compiler may miss its linker."
copy=artifacts/aot
mkdir -p $copy/src $copy/samples
for part in src/Parley.{Protocol,Audio,Client,Extensions.AI} samples/Aot; do
  rm -rf "${copy:?}/$part"
  cp -r "$part" "$copy/$part"
done
cp Directory.* BannedSymbols.txt .editorconfig global.json $copy
cp src/Directory.Build.props src/NativeAssets.targets $copy/src
cp samples/Directory.Build.props $copy/samples
case "$(uname -m)" in aarch64) rid=linux-arm64 ;; *) rid=linux-x64 ;; esac
say "Compiling samples/Aot ahead of time"
dotnet publish $copy/samples/Aot -c Release -r $rid -p:PublishAot=true --nologo -v quiet >&2
echo "$PWD/$copy/artifacts/publish/Aot/release_$rid/Aot"

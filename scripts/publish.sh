#!/usr/bin/env bash
# Builds self-contained parley, .NET included, as archives in artifacts/dist.
# scripts/publish.sh           linux-x64, linux-arm64, win-x64, osx-arm64
# scripts/publish.sh RID...    these runtimes
# NuGet supplies the .NET runtime of each. What is built for another system than this one is not run here.
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"
need dotnet "the .NET 10 SDK"
need python3 "Python 3"
[ -f console/dist/index.html ] || {
  say "console/dist is missing, so parley would lack its page. Build it first: npm ci --prefix console && npm run build --prefix console"
  exit 1
}
[ $# -gt 0 ] || set -- linux-x64 linux-arm64 win-x64 osx-arm64
version=$(sed -n 's:.*<VersionPrefix>\(.*\)</VersionPrefix>.*:\1:p' Directory.Build.props)
dist=$PWD/artifacts/dist
mkdir -p "$dist"
for rid in "$@"; do
  folder=$dist/parley-$version-$rid
  rm -rf "$folder"
  say "Publishing parley for $rid"
  dotnet publish src/Parley.Cli -c Release -r "$rid" --self-contained --nologo -v quiet -o "$folder" -p:ArtifactsPath="$PWD/artifacts/pack" \
    -p:ContinuousIntegrationBuild=true -p:RunAnalyzers=false >&2
  cp LICENSE src/Parley.Cli/README.md "$folder"
  # Python writes both kinds of archive, with the mode of the files, on every system.
  kind=gztar; [[ $rid = win-* ]] && kind=zip
  python3 -c 'import shutil, sys; print(shutil.make_archive(sys.argv[1], sys.argv[2], *sys.argv[3].rsplit("/", 1)))' "$folder" $kind "$folder"
done

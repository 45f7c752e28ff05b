using System.Security.Cryptography;
using System.Text;

[assembly: AssemblyFixture(typeof(Parley.Packaging.Tests.PackageFeed))]

namespace Parley.Packaging.Tests;

/// <summary>
/// All packages, built by <c>scripts/pack.sh</c> under a version of their own, and an empty folder whose NuGet configuration adds them to
/// the sources of this machine. Our packages are restored into that folder; the cache of this machine is only read.
/// </summary>
public sealed class PackageFeed : IAsyncLifetime
{
    private static readonly string Root = FindRoot();

    private readonly Lock _install = new();
    private Task<string>? _tool, _templates;

    /// <summary>Such as <c>0.1.0-test.3f2a91c0</c>: the same as long as no source changes.</summary>
    internal string Version { get; } = $"0.1.0-test.{Fingerprint()}";

    /// <summary>The folder with the packages.</summary>
    internal string Packages { get; } = Path.Combine(Root, "artifacts", "test-packages");

    /// <summary>An empty folder outside the repository, but for <c>nuget.config</c>.</summary>
    internal string Folder { get; } = Directory.CreateTempSubdirectory("parley-packaging-").FullName;

    /// <summary>For everything that runs there.</summary>
    internal Dictionary<string, string> Environment => new()
    {
        ["NUGET_PACKAGES"] = Path.Combine(Folder, "cache"),
        ["DOTNET_CLI_TELEMETRY_OPTOUT"] = "1",
        ["DOTNET_NOLOGO"] = "1",
        ["DOTNET_GENERATE_ASPNET_CERTIFICATE"] = "false",
        ["MSBUILDDISABLENODEREUSE"] = "1",
        ["UseSharedCompilation"] = "false",
        ["GEMINI_API_KEY"] = "",
        ["PARLEY_UPSTREAM_KEY"] = "",
    };

    public async ValueTask InitializeAsync()
    {
        Directory.CreateDirectory(Packages);
        var nothing = new Dictionary<string, string>();
        var packed = Path.Combine(Packages, "packed.txt");
        if (!File.Exists(packed) || await File.ReadAllTextAsync(packed) != Version)
        {
            File.Delete(packed);
            await ShellCommand.RunAsync(Root, nothing, "bash", "scripts/pack.sh", "--version", Version, "--output", Packages);
            await File.WriteAllTextAsync(packed, Version);
        }
        string[] locals = ["nuget", "locals", "global-packages", "--list", "--force-english-output"];
        var cache = await ShellCommand.RunAsync(Folder, nothing, "dotnet", locals);
        await File.WriteAllTextAsync(Path.Combine(Folder, "nuget.config"), $"""
            <configuration>
              <packageSources>
                <add key="packed" value="{Packages}" />
              </packageSources>
              <fallbackPackageFolders>
                <add key="machine" value="{cache[(cache.IndexOf(':', StringComparison.Ordinal) + 1)..].Trim()}" />
              </fallbackPackageFolders>
            </configuration>
            """);
    }

    public ValueTask DisposeAsync()
    {
        Directory.Delete(Folder, recursive: true);
        return ValueTask.CompletedTask;
    }

    /// <summary>The path of the installed tool, which is installed once.</summary>
    internal Task<string> ToolAsync()
    {
        lock (_install)
            return _tool ??= InstallAsync();

        async Task<string> InstallAsync()
        {
            await RunAsync("dotnet", "tool", "install", "parley", "--version", Version, "--tool-path", "tools");
            return Path.Combine(Folder, "tools", OperatingSystem.IsWindows() ? "parley.exe" : "parley");
        }
    }

    /// <summary>Creates an application from the template <c>parley-KIND</c> in the folder <paramref name="name"/>.</summary>
    internal async Task CreateAsync(string kind, string name)
    {
        var hive = Path.Combine(Folder, "hive");
        var package = Path.Combine(Packages, $"Parley.Templates.{Version}.nupkg");
        lock (_install)
            _templates ??= RunAsync("dotnet", "new", "install", package, "--debug:custom-hive", hive);
        await _templates;
        await RunAsync("dotnet", "new", "parley-" + kind, "-o", name, "--skipRestore", "--debug:custom-hive", hive);
    }

    internal Task<string> RunAsync(string program, params string[] arguments) =>
        ShellCommand.RunAsync(Folder, Environment, program, arguments);

    internal static string Find(params string[] parts) => Path.Combine([Root, .. parts]);

    private static string Fingerprint()
    {
        var text = new StringBuilder();
        foreach (var file in (string[])["Directory.Build.props", "Directory.Build.targets", "Directory.Packages.props", "global.json"])
            text.Append(File.ReadAllText(Path.Combine(Root, file)));
        foreach (var part in (string[])["src", "templates", "assets", "console/dist", "scripts"])
        {
            var folder = new DirectoryInfo(Path.Combine(Root, part));
            if (!folder.Exists)
                continue;
            var files = folder.EnumerateFiles("*", SearchOption.AllDirectories).OrderBy(file => file.FullName, StringComparer.Ordinal);
            foreach (var file in files)
                text.Append(file.FullName).Append(' ').Append(file.Length).Append(' ').Append(file.LastWriteTimeUtc.Ticks).Append('\n');
        }
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString())))[..8];
    }

    private static string FindRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Parley.slnx")))
                return folder.FullName;
        }
        throw new InvalidOperationException("The packaging tests run from the build output inside the repository.");
    }
}

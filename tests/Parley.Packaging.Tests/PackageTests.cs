using System.IO.Compression;
using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace Parley.Packaging.Tests;

/// <summary>What is inside each package, without installing it.</summary>
public sealed class PackageTests(PackageFeed feed)
{
    private const long LargestTool = 45_000_000;
    private const string Sdk = "lib/net10.0/";

    private static readonly string[] Runtimes = ["linux-arm64", "linux-x64", "osx-arm64", "win-x64"];

    /// <summary>Dependencies on packages of ours, and on others: the table of packages in the README.</summary>
    private static readonly Dictionary<string, string[]> Dependencies = new()
    {
        ["Parley.Protocol"] = [],
        ["Parley.Audio"] = ["System.Numerics.Tensors"],
        ["Parley.Conversation"] = ["Parley.Protocol"],
        ["Parley.Speech.Worker"] = [],
        ["Parley.Speech"] =
        [
            "Microsoft.Extensions.AI.Abstractions", "Microsoft.Extensions.Logging.Abstractions", "Microsoft.ML.OnnxRuntime",
            "Parley.Audio", "Parley.Speech.Worker", "System.Numerics.Tensors",
        ],
        ["Parley.Speech.Whisper"] =
        [
            "Microsoft.Extensions.DependencyInjection.Abstractions", "Microsoft.Extensions.Logging.Abstractions", "Parley.Speech",
            "Whisper.net", "Whisper.net.Runtime",
        ],
        ["Parley.Server"] = ["Microsoft.Data.Sqlite", "Microsoft.Extensions.AI.Abstractions", "Parley.Protocol"],
        ["Parley.Server.PostgreSql"] = ["Npgsql", "Parley.Server"],
        ["Parley.Phone"] = ["BouncyCastle.Cryptography", "Parley.Audio", "Parley.Client", "Parley.Server"],
        ["Parley.Recording"] = ["Concentus", "Parley.Audio", "Parley.Server"],
        ["Parley.Cascade"] = ["Microsoft.Extensions.AI", "Parley.Conversation", "Parley.Server", "Parley.Speech"],
        ["Parley.Assistant"] =
        [
            "Microsoft.Extensions.AI.OpenAI", "OllamaSharp", "OpenAI", "Parley.Cascade", "SkiaSharp", "SkiaSharp.NativeAssets.Linux.NoDependencies",
        ],
        ["Parley.Assistant.Llama"] = ["LLamaSharp", "LLamaSharp.Backend.Cpu", "Parley.Assistant"],
        ["Parley.Cascade.Agents"] = ["Microsoft.Agents.AI", "Parley.Cascade"],
        ["Parley.Client"] =
        [
            "Microsoft.Extensions.AI.Abstractions", "Microsoft.Extensions.DependencyInjection.Abstractions",
            "Microsoft.Extensions.Logging.Abstractions", "Microsoft.Extensions.Options", "Parley.Audio", "Parley.Protocol",
        ],
        ["Parley.Client.Wasapi"] = ["NAudio.Wasapi", "Parley.Client"],
        ["Parley.Extensions.AI"] = ["Microsoft.Extensions.AI", "Parley.Client"],
        ["Parley.Aspire.Hosting"] = ["Aspire.Hosting"],
        ["Parley.Testing"] = ["BouncyCastle.Cryptography", "Parley.Client", "Parley.Conversation", "Parley.Server", "YamlDotNet"],
    };

    /// <summary>Small packages that come with others of Microsoft's.</summary>
    private static readonly string[] Pinned =
    [
        "Microsoft.Extensions.DependencyInjection.Abstractions", "Microsoft.Extensions.Logging.Abstractions",
        "Microsoft.Extensions.Options",
    ];

    private static IEnumerable<string> Libraries => Dependencies.Keys;

    private static IEnumerable<string> Tools => Runtimes.Select(runtime => "parley." + runtime);

    private static string[] All => [.. Libraries.Concat(Tools).Append("parley").Append("Parley.Templates")];

    [Fact]
    public void Feed_has_exactly_the_documented_packages() =>
        Assert.Equal(
            All.Order(StringComparer.Ordinal),
            Directory.EnumerateFiles(feed.Packages, "*.nupkg")
                .Select(file => Path.GetFileName(file).Replace($".{feed.Version}.nupkg", "", StringComparison.Ordinal))
                .Order(StringComparer.Ordinal));

    [Fact]
    public void Every_package_has_readme_icon_license_and_repository()
    {
        foreach (var id in All)
        {
            using var package = Open(id);
            var metadata = Metadata(package);

            Assert.Equal(id, metadata["id"]);
            Assert.Equal(feed.Version, metadata["version"]);
            Assert.Equal("Apache-2.0", metadata["license"]);
            Assert.True(metadata["description"].Length > 30, $"{id} has no useful description.");
            Assert.StartsWith("https://github.com/parley-live/parley", metadata["projectUrl"], StringComparison.Ordinal);
            Assert.InRange(package.GetEntry(metadata["readme"])!.Length, 300, 4_000);
            Assert.InRange(package.GetEntry(metadata["icon"])!.Length, 200, 20_000);
            Assert.DoesNotContain(package.Entries, entry => entry.FullName.StartsWith("contentFiles/", StringComparison.Ordinal));
        }
    }

    [Fact]
    public void A_library_has_documentation_symbols_and_the_dependencies_of_the_README()
    {
        foreach (var (id, expected) in Dependencies)
        {
            using var package = Open(id);
            var names = package.Entries.Select(entry => entry.FullName)
                .Where(name => name.StartsWith("lib/", StringComparison.Ordinal))
                .Order(StringComparer.Ordinal);

            Assert.Equal([$"{Sdk}{id}.dll", $"{Sdk}{id}.xml"], names);
            Assert.DoesNotContain(package.Entries, entry => entry.FullName.StartsWith("runtimes/", StringComparison.Ordinal));
            using var symbols = ZipFile.OpenRead(Path.Combine(feed.Packages, $"{id}.{feed.Version}.snupkg"));
            Assert.NotNull(symbols.GetEntry($"{Sdk}{id}.pdb"));

            // Central version pinning also lists what comes with another package in the list.
            var dependencies = Nuspec(package).Descendants().Where(element => element.Name.LocalName == "dependency")
                .ToDictionary(element => element.Attribute("id")!.Value, element => element.Attribute("version")!.Value);
            Assert.Empty(expected.Except(dependencies.Keys));
            Assert.Empty(dependencies.Keys.Except(expected).Except(expected.SelectMany(Below)).Except(Pinned));
            Assert.All(
                dependencies.Where(entry => entry.Key.StartsWith("Parley.", StringComparison.Ordinal)),
                entry => Assert.Equal($"[{feed.Version}]", entry.Value));
        }
    }

    [Fact]
    public void Packages_with_native_dependencies_select_native_files_in_applications()
    {
        foreach (var id in Libraries)
        {
            using var package = Open(id);
            var expected = id is "Parley.Server" or "Parley.Speech" or "Parley.Speech.Whisper" or "Parley.Assistant" or "Parley.Assistant.Llama";
            Assert.Equal(expected, package.GetEntry($"buildTransitive/{id}.targets") is not null);
        }
    }

    [Fact]
    public void A_tool_package_is_small_and_has_the_native_files_of_its_runtime_only()
    {
        foreach (var runtime in Runtimes)
        {
            var file = new FileInfo(Path.Combine(feed.Packages, $"parley.{runtime}.{feed.Version}.nupkg"));
            Assert.True(file.Length <= LargestTool, $"{file.Name} has {file.Length:N0} bytes; the limit is {LargestTool:N0}.");

            using var package = Open("parley." + runtime);
            var names = package.Entries.Select(entry => entry.FullName).ToList();
            var folder = $"tools/net10.0/{runtime}/";
            Assert.Contains(folder + "console/index.html", names);
            Assert.Contains(folder + "Parley.Speech.Worker.dll", names);
            Assert.Contains(folder + "parley.dll", names);
            // Libraries that the .NET host does not find by itself have folders of their own.
            Assert.All(
                names.Where(name => name.Contains("/runtimes/", StringComparison.Ordinal)),
                name => Assert.Contains($"/runtimes/{runtime}/", name.Replace("/macos-", "/osx-", StringComparison.Ordinal), StringComparison.Ordinal));
            Assert.Equal(names.Count, names.Distinct(StringComparer.OrdinalIgnoreCase).Count());
            Assert.Single(names, name => name.EndsWith("/index.html", StringComparison.Ordinal));
            var extension = runtime[..3] switch { "lin" => ".so", "osx" => ".dylib", _ => ".dll" };
            Assert.All(
                names.Where(name => Regex.IsMatch(name, @"\.(so|dylib)$|/(lib\w+|onnxruntime\w*|e_sqlite3)\.dll$")),
                name => Assert.EndsWith(extension, name, StringComparison.Ordinal));
            Assert.Contains(names, name => Regex.IsMatch(name, @"/(lib)?onnxruntime\.(so|dylib|dll)$"));
        }
    }

    [Fact]
    public void Symbols_name_the_public_repository_and_no_folder_of_this_machine()
    {
        foreach (var id in Libraries)
        {
            using var symbols = ZipFile.OpenRead(Path.Combine(feed.Packages, $"{id}.{feed.Version}.snupkg"));
            var text = Read(symbols.GetEntry($"{Sdk}{id}.pdb")!);

            Assert.Contains("https://raw.githubusercontent.com/parley-live/parley/", text, StringComparison.Ordinal);
            Assert.DoesNotContain(PackageFeed.Find("src"), text, StringComparison.Ordinal);
        }
    }

    private static IEnumerable<string> Below(string id)
    {
        if (Dependencies.TryGetValue(id, out var next))
            return next.Concat(next.SelectMany(Below));
        return id == "Microsoft.Extensions.AI" ? ["Microsoft.Extensions.AI.Abstractions", "System.Numerics.Tensors"] : [];
    }

    private static XDocument Nuspec(ZipArchive package) =>
        XDocument.Parse(Read(package.Entries.Single(entry => entry.FullName.EndsWith(".nuspec", StringComparison.Ordinal))));

    private static Dictionary<string, string> Metadata(ZipArchive package)
    {
        var elements = Nuspec(package).Root!.Elements().Single().Elements().ToList();
        var repository = elements.Single(element => element.Name.LocalName == "repository");
        Assert.Equal("https://github.com/parley-live/parley", repository.Attribute("url")!.Value);
        Assert.Equal(40, repository.Attribute("commit")!.Value.Length);
        return elements.ToDictionary(element => element.Name.LocalName, element => element.Value);
    }

    private static string Read(ZipArchiveEntry entry)
    {
        using var reader = new StreamReader(entry.Open());
        return reader.ReadToEnd();
    }

    private ZipArchive Open(string id) => ZipFile.OpenRead(Path.Combine(feed.Packages, $"{id}.{feed.Version}.nupkg"));
}

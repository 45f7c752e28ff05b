using YamlDotNet.RepresentationModel;

namespace Parley.Cli.Tests.Deployment;

/// <summary>Files of <c>deploy/</c>.</summary>
internal static class DeployFile
{
    private static readonly string Root = FindRoot();

    internal static string PathOf(params string[] parts) => Path.Combine([Root, "deploy", .. parts]);

    internal static string Read(params string[] parts) => File.ReadAllText(PathOf(parts));

    /// <summary>A page of <c>docs/</c>.</summary>
    internal static string Page(string name) => File.ReadAllText(Path.Combine(Root, "docs", name));

    /// <summary>The documents of a YAML file.</summary>
    internal static IReadOnlyList<YamlNode> Yaml(params string[] parts)
    {
        var stream = new YamlStream();
        using var text = new StringReader(Read(parts));
        // With the keys that "<<" merges.
        stream.Load(new YamlDotNet.Core.MergingParser(new YamlDotNet.Core.Parser(text)));
        return [.. stream.Documents.Select(static document => document.RootNode)];
    }

    private static string FindRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "Parley.slnx")))
            folder = folder.Parent ?? throw new InvalidOperationException("The tests run from the build output inside the repository.");
        return folder.FullName;
    }
}

/// <summary>Short forms to read YAML.</summary>
internal static class YamlNodes
{
    /// <summary>The node under a path of keys and indexes, such as <c>spec/containers/0</c>.</summary>
    internal static YamlNode At(this YamlNode node, string path) => path.Split('/').Aggregate(
        node, static (at, key) => at is YamlSequenceNode list ? list[int.Parse(key, System.Globalization.CultureInfo.InvariantCulture)] : at[key]);

    internal static string Text(this YamlNode node, string path) => ((YamlScalarNode)node.At(path)).Value!;

    internal static IReadOnlyList<YamlNode> List(this YamlNode node, string path) => [.. ((YamlSequenceNode)node.At(path)).Children];

    internal static IReadOnlyDictionary<string, YamlNode> Map(this YamlNode node, string path) =>
        ((YamlMappingNode)node.At(path)).Children.ToDictionary(static entry => ((YamlScalarNode)entry.Key).Value!, static entry => entry.Value);
}

using System.Reflection;

namespace Parley.TestKit.Internal;

internal static class Resources
{
    private static readonly Assembly Assembly = typeof(Resources).Assembly;

    public static IEnumerable<string> Names => Assembly.GetManifestResourceNames();

    public static byte[] Read(string name)
    {
        using var stream = Assembly.GetManifestResourceStream(name)
            ?? throw new ArgumentException($"The test kit embeds no '{name}'.", nameof(name));
        var bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return bytes;
    }
}

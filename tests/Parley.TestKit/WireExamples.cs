using System.Text;
using System.Text.Json;
using Parley.TestKit.Internal;

namespace Parley.TestKit;

/// <summary>
/// The example messages of the protocol description, by file name. A list of names becomes theory data with
/// <c>[MemberData(nameof(WireExamples.ServerRows), MemberType = typeof(WireExamples))]</c>.
/// </summary>
public static class WireExamples
{
    private const string Folder = "examples/";
    private const string ExpectationsFile = "invalid.expectations.json";

    /// <summary>Every message file, sorted by name; the expectations are not one of them.</summary>
    public static IReadOnlyList<string> All { get; } =
    [
        .. Resources.Names
            .Where(name => name.StartsWith(Folder, StringComparison.Ordinal))
            .Select(name => name[Folder.Length..])
            .Where(name => name != ExpectationsFile)
            .Order(StringComparer.Ordinal),
    ];

    public static IReadOnlyList<string> Client { get; } = OfKind("client");

    public static IReadOnlyList<string> Server { get; } = OfKind("server");

    public static IReadOnlyList<string> Invalid { get; } = OfKind("invalid");

    public static IReadOnlyList<string> Rest { get; } = OfKind("rest");

    public static IEnumerable<object[]> ClientRows => Rows(Client);

    public static IEnumerable<object[]> ServerRows => Rows(Server);

    public static IEnumerable<object[]> InvalidRows => Rows(Invalid);

    public static IEnumerable<object[]> RestRows => Rows(Rest);

    public static IEnumerable<object[]> RawFrameRows => Rows(Expectations.RawFrames.Select(frame => frame.Name));

    public static IEnumerable<object[]> HandshakeRows => Rows(Expectations.Handshakes.Select(handshake => handshake.Name));

    /// <summary>The required response of a server to each <c>invalid.*</c> file, to raw frames and to odd handshakes.</summary>
    public static InvalidExpectations Expectations { get; } = InvalidExpectations.Parse(Resources.Read(Folder + ExpectationsFile));

    /// <summary>The bytes of the file unchanged: indented, with a final newline.</summary>
    public static byte[] Utf8(string file) => Resources.Read(Folder + file);

    public static string Text(string file) => Encoding.UTF8.GetString(Utf8(file));

    /// <summary>The message, independent of any document's lifetime.</summary>
    public static JsonElement Json(string file) => JsonElement.Parse(Utf8(file));

    private static string[] OfKind(string kind) => [.. All.Where(name => name.StartsWith(kind + ".", StringComparison.Ordinal))];

    private static IEnumerable<object[]> Rows(IEnumerable<string> names) => names.Select(name => new object[] { name });
}

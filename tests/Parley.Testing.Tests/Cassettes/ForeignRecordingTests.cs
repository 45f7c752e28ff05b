using System.IO.Compression;
using System.Text;
using Parley.Server;

namespace Parley.Testing.Tests.Cassettes;

/// <summary>Recordings of other programs.</summary>
public sealed class ForeignRecordingTests : IDisposable
{
    private const string Lines = """
        {"at":"2026-01-31T10:00:00+00:00","t":0,"dir":"in","op":"text","json":{"setup":{"model":"models/gemini-3.8-live"}}}
        {"t":0.1,"dir":"out","op":"binary","json":{"setupComplete":{}}}
        {"t":0.5,"dir":"out","op":"close","bytes":"A/NCeWU="}

        """;

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("parley-recordings-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void Folder_of_serve_has_a_connection_for_each_file_in_the_order_of_time()
    {
        Write("bbb.jsonl", Lines);
        Write("aaa.jsonl", Lines.Replace("10:00:00", "10:00:05", StringComparison.Ordinal));

        var cassette = Cassette.Load(_folder.FullName);

        Assert.Equal(2, cassette.Connections.Count);
        Assert.Equal(["gemini-3.8-live", "01/31/2026"], [cassette.Model!, cassette.Recorded!.Value.ToString("MM/dd/yyyy", System.Globalization.CultureInfo.InvariantCulture)]);
        Assert.Equal([0, 0.1, 0.5, 5, 5.1, 5.5], cassette.Entries.Select(static entry => entry.Time.TotalSeconds));
        Assert.Equal((1011, "Bye"), (cassette.Entries[2].CloseCode!.Value, cassette.Entries[2].CloseReason));
    }

    [Fact]
    public void Folder_of_talk_has_a_connection_for_each_setup()
    {
        Write("messages.jsonl", Lines.Replace("\"op\":\"close\",\"bytes\":\"A/NCeWU=\"", "\"op\":\"binary\",\"json\":{\"goAway\":{}}", StringComparison.Ordinal) + Lines);

        Assert.Equal([1, 1, 1, 2, 2, 2], Cassette.Load(_folder.FullName).Entries.Select(static entry => entry.Connection));
    }

    [Theory]
    [InlineData("export.zip")]
    [InlineData("export.jsonl")]
    public void Export_of_the_console_is_opened(string name)
    {
        var lines = """
            {"t":0,"dir":"local","mark":"connecting"}
            {"t":0.01,"dir":"in","op":"text","json":{"setup":{"model":"models/m"}}}
            {"t":0.02,"dir":"out","op":"text","json":{"setupComplete":{}}}
            {"t":0.3,"dir":"local","mark":"closed","code":1000,"reason":"done"}
            """;
        if (name.EndsWith(".zip", StringComparison.Ordinal))
        {
            using var zip = ZipFile.Open(Path.Combine(_folder.FullName, name), ZipArchiveMode.Create);
            using var entry = zip.CreateEntry("messages.jsonl").Open();
            entry.Write(Encoding.UTF8.GetBytes(lines));
        }
        else
        {
            Write(name, lines);
        }

        var cassette = Cassette.Load(Path.Combine(_folder.FullName, name));

        Assert.Equal(3, cassette.Entries.Count);
        Assert.Equal((LiveDirection.ToClient, 1000), (cassette.Entries[2].Direction, cassette.Entries[2].CloseCode!.Value));
    }

    [Theory]
    [InlineData("x.websocket.log", ">5 {}\n", "the length of the message at byte 0 is not valid, or the file was cut off")]
    [InlineData("x.websocket.log", ">2 {}\nhello", "byte 6 begins no message")]
    [InlineData("x.websocket.log", ">-1 {}", "is not valid")]
    [InlineData("x.websocket.log", "<99999999999 {}", "is not valid")]
    [InlineData("x.zip", "PK\u0003\u0004nonsense", "cannot be read")]
    [InlineData("x.jsonl", "{\"t\":0}", "line 1: it is not a recorded message")]
    [InlineData("x.jsonl", "hello", "line 1 is not JSON")]
    [InlineData("x.jsonl", "", "contains no messages")]
    [InlineData("x.jsonl", "{\"t\":0,\"dir\":\"out\",\"op\":\"close\",\"bytes\":\"*\"}", "line 1: \"bytes\" is not base64")]
    [InlineData("x.jsonl", "{\"cassette\":1}", "is the messages.jsonl of a cassette under another name")]
    [InlineData("x.png", "\u0089PNG", "line 1 is not JSON")]
    public void Damaged_file_is_refused_with_the_reason(string name, string content, string expected)
    {
        Write(name, content);

        Assert.Contains(expected, Assert.Throws<CassetteException>(() => Cassette.Load(Path.Combine(_folder.FullName, name))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Missing_and_empty_places_are_refused_with_what_to_give()
    {
        Assert.Contains("does not exist", Assert.Throws<CassetteException>(() => Cassette.Load(Path.Combine(_folder.FullName, "none"))).Message, StringComparison.Ordinal);
        Assert.Contains("holds no recording", Assert.Throws<CassetteException>(() => Cassette.Load(_folder.FullName)).Message, StringComparison.Ordinal);
    }

    private void Write(string name, string content) => File.WriteAllBytes(Path.Combine(_folder.FullName, name), Encoding.Latin1.GetBytes(content));
}

using System.Text.Json;
using Parley.TestKit;

namespace Parley.EndToEnd.Harness;

/// <summary>A call that <c>parley talk --record</c> wrote, with its format checked.</summary>
internal sealed class RecordedCall
{
    private readonly List<(string Direction, JsonElement Message)> _messages = [];

    private RecordedCall(WavFile user, WavFile model) => (User, Model) = (user, model);

    public WavFile User { get; }

    public WavFile Model { get; }

    public IEnumerable<JsonElement> FromClient => _messages.Where(line => line.Direction == "in").Select(line => line.Message);

    public IEnumerable<JsonElement> FromServer => _messages.Where(line => line.Direction == "out").Select(line => line.Message);

    /// <summary>Reads it; fails if a line is not a valid message, or if the two sides differ in length.</summary>
    public static RecordedCall Load(FileInfo folder)
    {
        var call = new RecordedCall(
            WavFile.Load(Path.Combine(folder.FullName, "user.wav")), WavFile.Load(Path.Combine(folder.FullName, "model.wav")));
        foreach (var line in File.ReadLines(Path.Combine(folder.FullName, "messages.jsonl")))
        {
            var record = JsonElement.Parse(line);
            var direction = record.GetProperty("dir").GetString()!;
            WireSchema.Live.Require(direction == "in" ? "ClientMessage" : "ServerMessage", record.GetProperty("json"));
            call._messages.Add((direction, record.GetProperty("json")));
        }

        Assert.Equal(call.User.Duration.TotalSeconds, call.Model.Duration.TotalSeconds, 0.05);
        return call;
    }

    /// <summary>Time of the first audible sample of a side.</summary>
    public static TimeSpan FirstAudio(WavFile side) =>
        new PcmFormat(side.SampleRateHz).DurationOf(side.Samples.Span.IndexOfAnyExceptInRange((short)-400, (short)400));
}

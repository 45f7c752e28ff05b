using System.Globalization;
using System.Text;

namespace Parley.Recording.Transcripts;

/// <summary>Subtitles of a record (<see href="https://www.w3.org/TR/webvtt1/">WebVTT</see>), one cue for each transcript.</summary>
internal static class WebVtt
{
    internal static byte[] Write(IEnumerable<RecordTranscript> transcripts)
    {
        var text = new StringBuilder("WEBVTT\n");
        foreach (var transcript in transcripts.OrderBy(static transcript => transcript.Start))
        {
            // A cue must last; what was typed has no length.
            var end = Math.Max(transcript.End, transcript.Start + 1);
            text.Append(CultureInfo.InvariantCulture, $"\n{Time(transcript.Start)} --> {Time(end)}\n<v {transcript.Speaker}>{Escape(transcript.Text)}\n");
        }
        return Encoding.UTF8.GetBytes(text.ToString());
    }

    private static string Time(double seconds) => TimeSpan.FromSeconds(seconds) is var time
        ? string.Create(CultureInfo.InvariantCulture, $"{(int)time.TotalHours:00}:{time.Minutes:00}:{time.Seconds:00}.{time.Milliseconds:000}") : "";

    // A blank line would end the cue.
    private static string Escape(string text) =>
        string.Join(' ', text.Split((char[]?)['\r', '\n'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
            .Replace("&", "&amp;", StringComparison.Ordinal).Replace("<", "&lt;", StringComparison.Ordinal).Replace(">", "&gt;", StringComparison.Ordinal);
}

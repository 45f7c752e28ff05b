using Parley.Testing.Conformance.Running;
using static Parley.Testing.ConformanceProfile;
using static Parley.Testing.ConformanceSeverity;

namespace Parley.Testing.Conformance.Checks;

/// <summary><c>realtimeInput</c>: its members, and media types.</summary>
internal static class RealtimeChecks
{
    internal static void AddTo(CheckList list)
    {
        list.Area("realtime", "4.3");
        list.Must("text-answered", "A realtime text is answered by itself.", async probe =>
        {
            var recording = await probe.Run.RecordingAsync(RecordingKind.RealtimeText);
            probe.Shows(recording);
            probe.Require(recording.Failure is null, recording.Failure ?? "");
        }, ConformanceNeeds.Answers);
        list.Must("two-texts", "Each of two texts in a row has its answer, or they share one.", async probe =>
        {
            var line = await probe.OpenAsync();
            await line.SendAsync(Prompts.RealtimeText(Prompts.Short));
            await line.TurnAsync();
            await line.SendAsync(Prompts.RealtimeText(Prompts.Short));
            await line.TurnAsync();
        }, ConformanceNeeds.Answers);
        list.In("2.3");
        foreach (var (name, type) in (ReadOnlySpan<(string, string)>)
        [
            ("pcm-16000", "audio/pcm;rate=16000"), ("pcm", "audio/pcm"), ("pcm-8000", "audio/pcm;rate=8000"), ("pcm-24000", "audio/pcm;rate=24000"),
            ("pcm-44100", "audio/pcm;rate=44100"), ("pcm-48000", "audio/pcm;rate=48000"),
        ])
        {
            list.AcceptsMessage(name, $"Audio of the type `{type}` is accepted.", SpeechSignal.Message(new byte[640], type));
        }
        list.AcceptsMessage("pcm-space", "A space after the semicolon of a media type is accepted.", SpeechSignal.Message(new byte[640], "audio/pcm; rate=16000"), severity: Should);
        list.AcceptsMessage("odd-bytes", "A chunk of an odd number of bytes is accepted.", SpeechSignal.Message(new byte[641]));
        list.AcceptsMessage("no-bytes", "A chunk without bytes is accepted.", SpeechSignal.Message([]), severity: Should);
        list.AcceptsMessage("second-of-audio", "A chunk of a second is accepted.", SpeechSignal.Message(new byte[32_000]));
        list.RefusesMessage("audio-as-video-type", "Audio of a type that is not audio is refused.", SpeechSignal.Message(new byte[640], "video/mp4"), "");
        list.RefusesMessage("audio-without-type", "Audio without a type is refused.", """{"realtimeInput":{"audio":{"data":"AAAA"}}}""", "", severity: Should);
        list.RefusesMessage("video-as-audio-type", "A picture of a type that is not a picture is refused.",
            $$$$"""{"realtimeInput":{"video":{"mimeType":"audio/pcm","data":"{{{{ContentChecks.Png}}}}"}}}""", "");
        list.AcceptsMessage("video-png", "A PNG is accepted.", Video("image/png", ContentChecks.Png));
        list.AcceptsMessage("video-jpeg", "A JPEG is accepted.", Video("image/jpeg", ContentChecks.Png));
        list.In("4.3");
        list.AcceptsMessage("stream-end", "`audioStreamEnd` is accepted.", """{"realtimeInput":{"audioStreamEnd":true}}""");
        list.AcceptsMessage("snake-case", "`realtime_input` with `mime_type` is accepted.", """{"realtime_input":{"audio":{"mime_type":"audio/pcm;rate=16000","data":"AAAA"}}}""");
        list.AcceptsMessage("data-before-type", "The order of the members of a blob is free.", """{"realtimeInput":{"audio":{"data":"AAAA","mimeType":"audio/pcm;rate=16000"}}}""");
        list.AcceptsMessage("several-members", "Several members may come in one message.",
            """{"realtimeInput":{"audio":{"mimeType":"audio/pcm;rate=16000","data":"AAAA"},"video":{"mimeType":"image/png","data":"AAAA"}}}""");
        list.In("4.6").AcceptsMessage("display-name", "A blob may have a `displayName`.",
            """{"realtimeInput":{"audio":{"mimeType":"audio/pcm;rate=16000","data":"AAAA","displayName":"microphone"}}}""");
        list.In("4.3");
        list.AcceptsMessage("empty", "An empty `realtimeInput` is accepted.", """{"realtimeInput":{}}""", severity: Should);
        list.RefusesMessage("text-type", "A text that is no text is refused.", """{"realtimeInput":{"text":{}}}""", "Invalid|Unknown name");
        list.RefusesMessage("audio-type", "Audio that is no blob is refused.", """{"realtimeInput":{"audio":"AAAA"}}""", "Invalid value at 'realtime_input.audio'");
        list.RefusesMessage("blob-unknown", "An unknown member of a blob is refused by name.",
            """{"realtimeInput":{"audio":{"mimeType":"audio/pcm","data":"AAAA","rate":16000}}}""", "Unknown name \"rate\" at 'realtime_input.audio'");
        list.For(Strict).RefusesMessage("media-chunks", "`mediaChunks` is refused with the text that names its successors.",
            """{"realtimeInput":{"mediaChunks":[{"mimeType":"audio/pcm;rate=16000","data":"AAAA"}]}}""", "media_chunks is deprecated. Use audio, video, or text instead.");
        list.For(Developer).Should("media-chunks-form", "`mediaChunks` is taken as its first element, or refused with the text that names its successors.", async probe =>
        {
            var line = await probe.OpenAsync();
            await line.SendAsync("""{"realtimeInput":{"mediaChunks":[{"mimeType":"audio/pcm;rate=16000","data":"AAAA"}]}}""");
            await line.SendAsync(probe.Run.Setup(""));
            var end = await line.EndAsync();
            probe.Require(end.CloseCode == 1007, $"Expected close 1007; got {end}.");
        });
        list.For().In("2.1");
        list.Must("burst", "A thousand chunks in a row are accepted.", async probe =>
        {
            var line = await probe.OpenAsync();
            var chunk = SpeechSignal.Message(new byte[64]);
            for (var i = 0; i < 1_000; i++)
                await line.SendAsync(chunk);
            await probe.ExpectAliveAsync(line, "a thousand chunks");
        });
        list.Must("utterance", "A whole utterance in one message of nearly 1 MiB is accepted.", async probe =>
        {
            var line = await probe.OpenAsync();
            await line.SendAsync(SpeechSignal.Message(new byte[700_000]));
            await probe.ExpectAliveAsync(line, "a message of 930 KB");
        });
        list.Should("too-big", "A message of 20 MiB closes with 1009, or is accepted.", async probe =>
        {
            var line = await probe.OpenAsync();
            await line.SendAsync(SpeechSignal.Message(new byte[15 << 20]));
            if (await line.TryNextAsync(probe.Options.Timeout) is { IsEnd: true } end)
                probe.Require(end.CloseCode is 1009 or null, $"Expected close 1009; got {end}.");
        });
    }

    private static string Video(string type, string data) => $$$$"""{"realtimeInput":{"video":{"mimeType":"{{{{type}}}}","data":"{{{{data}}}}"}}}""";
}

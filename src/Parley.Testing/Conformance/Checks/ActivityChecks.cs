using Parley.Audio;
using Parley.Testing.Conformance.Running;
using static Parley.Testing.ConformanceSeverity;

namespace Parley.Testing.Conformance.Checks;

/// <summary>Speech: automatic activity detection, and activity marks.</summary>
internal static class ActivityChecks
{
    private const string Manual = "\"realtimeInputConfig\":{\"automaticActivityDetection\":{\"disabled\":true}}";
    private const string Start = """{"realtimeInput":{"activityStart":{}}}""";
    private const string End = """{"realtimeInput":{"activityEnd":{}}}""";

    internal static void AddTo(CheckList list)
    {
        list.Area("vad", "7");
        list.Must("speech-answered", "Speech, and silence after it, is answered.", async probe =>
        {
            var recording = await probe.Run.RecordingAsync(RecordingKind.Speech);
            probe.Shows(recording);
            probe.Require(recording.Failure is null, recording.Failure ?? "");
        });
        list.Must("silence-not-answered", "Silence alone is not answered.", async probe =>
        {
            var line = await probe.OpenAsync();
            await probe.Run.Speech.HushAsync(line, TimeSpan.FromSeconds(1), probe.Cancellation);
            await line.ExpectSilenceAsync("Expected no answer to silence");
        });
        Spoken(list, "sensitivity-high", "Speech is heard with high sensitivities.",
            Detection("\"startOfSpeechSensitivity\":\"START_SENSITIVITY_HIGH\",\"endOfSpeechSensitivity\":\"END_SENSITIVITY_HIGH\""));
        Spoken(list, "sensitivity-low", "Clear speech is heard with low sensitivities.",
            Detection("\"startOfSpeechSensitivity\":\"START_SENSITIVITY_LOW\",\"endOfSpeechSensitivity\":\"END_SENSITIVITY_LOW\""), Should);
        Spoken(list, "prefix-padding", "Speech is heard with `prefixPaddingMs`.", Detection("\"prefixPaddingMs\":100"));
        Spoken(list, "silence-duration", "A short `silenceDurationMs` ends the turn.", Detection("\"silenceDurationMs\":300"));
        Spoken(list, "coverage-all-input", "Speech is answered with `TURN_INCLUDES_ALL_INPUT`.", "\"realtimeInputConfig\":{\"turnCoverage\":\"TURN_INCLUDES_ALL_INPUT\"}");
        Spoken(list, "no-interruption", "Speech is answered with `NO_INTERRUPTION`.", "\"realtimeInputConfig\":{\"activityHandling\":\"NO_INTERRUPTION\"}");
        list.Must("long-silence-duration", "A turn is not over before `silenceDurationMs` of silence.", async probe =>
        {
            var line = await probe.OpenAsync(Detection("\"silenceDurationMs\":8000"));
            await probe.Run.Speech.SayAsync(line, probe.Cancellation);
            await probe.Run.Speech.HushAsync(line, TimeSpan.FromSeconds(1), probe.Cancellation);
            await line.ExpectSilenceAsync("Expected no answer before 8 s of silence");
        }, ConformanceNeeds.Speech);
        list.In("6.5").Must("stream-end", "`audioStreamEnd` ends the turn without silence.", async probe =>
        {
            var line = await probe.OpenAsync(Detection("\"silenceDurationMs\":8000"));
            await probe.Run.Speech.SayAsync(line, probe.Cancellation);
            await line.SendAsync("""{"realtimeInput":{"audioStreamEnd":true}}""");
            await line.TurnAsync();
        }, ConformanceNeeds.Speech);
        list.Must("stream-reopens", "Audio after `audioStreamEnd` opens the stream again.", async probe =>
        {
            var line = await probe.OpenAsync();
            for (var i = 0; i < 2; i++)
            {
                await probe.Run.Speech.SayAsync(line, probe.Cancellation);
                await line.SendAsync("""{"realtimeInput":{"audioStreamEnd":true}}""");
                await line.TurnAsync();
            }
        }, ConformanceNeeds.Speech);
        list.In("2.3").Must("rate-48000", "Speech of another rate is heard.", async probe =>
        {
            var line = await probe.OpenAsync();
            var pcm = Resample(probe.Run.Speech.Samples.Span, 48_000);
            for (var at = 0; at < pcm.Length; at += 9_600)
                await line.SendAsync(SpeechSignal.Message(pcm.AsSpan(at, Math.Min(9_600, pcm.Length - at)), "audio/pcm;rate=48000"));
            await line.SendAsync("""{"realtimeInput":{"audioStreamEnd":true}}""");
            await line.TurnAsync();
        }, ConformanceNeeds.Speech);
        list.Must("one-message", "An utterance in one message is heard.", async probe =>
        {
            var line = await probe.OpenAsync();
            await line.SendAsync(SpeechSignal.Message(probe.Run.Speech.Samples.Span));
            await line.SendAsync("""{"realtimeInput":{"audioStreamEnd":true}}""");
            await line.TurnAsync();
        }, ConformanceNeeds.Speech);
        list.Must("odd-chunks", "Chunks that split samples are heard.", async probe =>
        {
            var line = await probe.OpenAsync();
            var pcm = probe.Run.Speech.Samples;
            for (var at = 0; at < pcm.Length; at += 3_001)
                await line.SendAsync(SpeechSignal.Message(pcm.Span.Slice(at, Math.Min(3_001, pcm.Length - at))));
            await line.SendAsync("""{"realtimeInput":{"audioStreamEnd":true}}""");
            await line.TurnAsync();
        }, ConformanceNeeds.Speech);
        AddManual(list);
    }

    private static void AddManual(CheckList list)
    {
        list.Area("manual", "6.6");
        list.Must("answered", "`activityEnd` ends the turn, which is answered.", async probe =>
        {
            var recording = await probe.Run.RecordingAsync(RecordingKind.Manual);
            probe.Shows(recording);
            probe.Require(recording.Failure is null, recording.Failure ?? "");
        }, ConformanceNeeds.Speech);
        list.Must("waits-for-end", "Before `activityEnd` nothing is answered, whatever the silence.", async probe =>
        {
            var line = await probe.OpenAsync(Manual);
            await line.SendAsync(Start);
            await probe.Run.Speech.SayAsync(line, probe.Cancellation);
            await probe.Run.Speech.HushAsync(line, TimeSpan.FromSeconds(1), probe.Cancellation);
            await line.ExpectSilenceAsync("Expected no answer before activityEnd");
        }, ConformanceNeeds.Speech);
        list.Must("two-activities", "A second activity is answered, too; audio between the two is no error.", async probe =>
        {
            var line = await probe.OpenAsync(Manual);
            for (var i = 0; i < 2; i++)
            {
                await line.SendAsync(Start);
                await probe.Run.Speech.SayAsync(line, probe.Cancellation);
                await line.SendAsync(End);
                await line.SendAsync(SpeechSignal.Message(new byte[640]));
                await line.TurnAsync();
            }
        }, ConformanceNeeds.Speech);
        list.Should("audio-before-start", "Audio before the first `activityStart` closes with 1007.", async probe =>
        {
            var line = await probe.OpenAsync(Manual);
            await line.SendAsync(SpeechSignal.Message(new byte[640]));
            await line.ExpectCloseAsync(1007);
        });
        list.RefusesMessage("start-with-automatic", "`activityStart` with automatic detection closes with 1007.", Start, "");
        list.RefusesMessage("end-with-automatic", "`activityEnd` with automatic detection closes with 1007.", End, "");
        list.Must("empty-activity", "An activity without audio does not end the session.", async probe =>
        {
            var line = await probe.OpenAsync(Manual);
            await line.SendAsync(Start);
            await line.SendAsync(End);
            await probe.ExpectAliveAsync(line, "an empty activity");
        });
        list.Must("audio-with-start", "Audio in the message of `activityStart` is accepted.", async probe =>
        {
            var line = await probe.OpenAsync(Manual);
            await line.SendAsync("""{"realtimeInput":{"activityStart":{},"audio":{"mimeType":"audio/pcm;rate=16000","data":"AAAA"}}}""");
            await probe.ExpectAliveAsync(line, "audio with activityStart");
        });
        list.Must("mark-is-empty", "A mark with a member is refused by name.", async probe =>
        {
            var line = await probe.OpenAsync(Manual);
            await line.SendAsync("""{"realtimeInput":{"activityStart":{"at":"1s"}}}""");
            await line.ExpectCloseAsync(1007, "Unknown name \"at\" at 'realtime_input.activity_start'");
        });
        list.In("4.3").Must("text-outside", "A text outside an activity is answered.", async probe =>
        {
            var line = await probe.OpenAsync(Manual);
            await line.SendAsync(Prompts.RealtimeText(Prompts.Short));
            await line.TurnAsync();
        }, ConformanceNeeds.Answers);
        list.Must("content", "`clientContent` is answered with activity marks, too.", async probe =>
        {
            var line = await probe.OpenAsync(Manual);
            await line.SendAsync(Prompts.Content(Prompts.Short));
            await line.TurnAsync();
        }, ConformanceNeeds.Answers);
    }

    private static void Spoken(CheckList list, string name, string text, string setup, ConformanceSeverity severity = Must) =>
        (severity == Must ? (Func<string, string, Func<Probe, Task>, ConformanceNeeds, CheckList>)list.Must : list.Should)(name, text, async probe =>
        {
            var line = await probe.OpenAsync(setup);
            await probe.Run.Speech.SayAsync(line, probe.Cancellation);
            await probe.Run.Speech.HushAsync(line, TimeSpan.FromSeconds(1), probe.Cancellation);
            await line.TurnAsync();
        }, ConformanceNeeds.Speech);

    private static string Detection(string members) => $"\"realtimeInputConfig\":{{\"automaticActivityDetection\":{{{members}}}}}";

    private static byte[] Resample(ReadOnlySpan<byte> pcm, int rateHz)
    {
        var resampler = new Resampler(16_000, rateHz);
        var samples = Pcm.ToSamples(pcm);
        var output = new short[resampler.MaxOutputSamples(samples.Length)];
        return Pcm.ToBytes(output.AsSpan(0, resampler.Process(samples, output)));
    }
}

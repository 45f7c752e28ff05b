// A spoken conversation: microphone in, loudspeaker out, transcripts in the terminal. Speak during an answer to interrupt it.
//   dotnet run --project samples/Voice                              the devices of this machine; use a headset, or the model hears itself
//   dotnet run --project samples/Voice question.wav answer.wav      files instead of devices
//   ffmpeg … -f s16le -ar 16000 -ac 1 - | dotnet run --project samples/Voice - answer.wav
using Parley.Client;

var key = Environment.GetEnvironmentVariable("GEMINI_API_KEY") is { Length: > 0 } own ? own : "parley-dev";
var server = Environment.GetEnvironmentVariable("PARLEY_URL") ?? "http://127.0.0.1:8080";
await using var session = await LiveClient.FromApiKey(key, new LiveClientOptions { BaseAddress = new Uri(server) })
    .ConnectAsync(new LiveSetup { Model = "gemini-3.8-live", InputTranscription = true, OutputTranscription = true });

await using var microphone = args switch
{
    ["-", ..] => new MicrophoneSource(new RecordedAudioInput(Console.OpenStandardInput(), rateHz: 16_000, thenSilence: true)),
    [var recording, ..] => new MicrophoneSource(RecordedAudioInput.FromWavFile(recording, thenSilence: true)),
    _ => await MicrophoneSource.OpenAsync(),
};
await using var loudspeaker = args is [_, var file] ? new AudioPlayback(AudioDevices.ToWavFile(file)) : await AudioPlayback.OpenAsync();
await using var call = session.WithAudio(microphone, loudspeaker);

await foreach (var update in call.ReadAllAsync())
{
    switch (update)
    {
        case InputTranscriptUpdate you:
            Console.Write(you.Text);
            break;
        case OutputTranscriptUpdate model:
            Console.Write(model.Text);
            break;
        case InterruptedUpdate:
            Console.Write(" (interrupted)");
            break;
        case TurnCompleteUpdate:
            Console.WriteLine();
            if (args.Length == 0)
                break;
            await loudspeaker.DrainAsync();
            return;
        case SessionEndedUpdate ended:
            ended.End.ThrowIfAbnormal();
            break;
    }
}

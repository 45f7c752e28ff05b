// A spoken conversation through pipes: your voice in, the model's out, what both said on standard error. Speak over an answer to stop it.
//   arecord -q -t raw -f S16_LE -r 16000 | dotnet run --project samples/Voice | aplay -q -t raw -f S16_LE -r 24000
//   dotnet run --project samples/Voice question.wav >answer.pcm        a recording: 16 kHz, mono, 16 bits
using Parley.Client;

var key = Environment.GetEnvironmentVariable("GEMINI_API_KEY") is { Length: > 0 } own ? own : "parley-dev";
var server = Environment.GetEnvironmentVariable("PARLEY_URL") ?? "http://127.0.0.1:8080";
await using var session = await LiveClient.FromApiKey(key, new LiveClientOptions { BaseAddress = new Uri(server) })
    .ConnectAsync(new LiveSetup { Model = "gemini-3.8-live", InputTranscription = true, OutputTranscription = true });

const int WavHeaderBytes = 44;
await using var microphone = args is [var file] ? File.OpenRead(file) : Console.OpenStandardInput();
if (microphone is FileStream recording)
    recording.Position = WavHeaderBytes;
await using var speaker = Console.OpenStandardOutput();
var speaking = SpeakAsync();

await foreach (var update in session.ReadAllAsync())
{
    switch (update)
    {
        case AudioUpdate audio:
            await speaker.WriteAsync(audio.Pcm);
            break;
        case InputTranscriptUpdate you:
            Console.Error.Write(you.Text);
            break;
        case OutputTranscriptUpdate model:
            Console.Error.Write(model.Text);
            break;
        case InterruptedUpdate:
            Console.Error.Write(" (interrupted)");
            break;
        case TurnCompleteUpdate when speaking.IsCompleted:
            Console.Error.WriteLine();
            return;
        case TurnCompleteUpdate:
            Console.Error.WriteLine();
            break;
        case SessionEndedUpdate ended:
            ended.End.ThrowIfAbnormal();
            break;
    }
}

async Task SpeakAsync()
{
    await session.SendAudioAsync(microphone);
    await session.SendAudioStreamEndAsync();
}

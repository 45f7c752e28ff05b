// Two people, two languages, two sessions: each person hears the other one in their own language.
//   dotnet run --project samples/Translate english.wav german.wav        recordings of both
// This needs a model that can translate, such as Gemini. The built-in assistant of `parley serve` cannot.
using Parley.Client;

if (args is not [var first, var second])
{
    Console.Error.WriteLine("Give two recordings.");
    return 2;
}
var key = Environment.GetEnvironmentVariable("GEMINI_API_KEY") is { Length: > 0 } own ? own : "parley-dev";
var server = Environment.GetEnvironmentVariable("PARLEY_URL") ?? "http://127.0.0.1:8080";
var client = LiveClient.FromApiKey(key, new LiveClientOptions { BaseAddress = new Uri(server) });

await Task.WhenAll(
    InterpretAsync("Anna", "English", first, "Bernd", "German"), InterpretAsync("Bernd", "German", second, "Anna", "English"));
return 0;

async Task InterpretAsync(string speaker, string from, string recording, string listener, string to)
{
    await using var session = await client.ConnectAsync(new LiveSetup
    {
        Model = "gemini-3.8-live",
        SystemInstruction = $"You are an interpreter. Say in {to} what is said in {from}, in the first person, and nothing else. Never answer it.",
        InputTranscription = true,
        OutputTranscription = true,
    });
    // A real application would use two headsets instead of files.
    await using var microphone = new MicrophoneSource(RecordedAudioInput.FromWavFile(recording, thenSilence: true));
    await using var loudspeaker = new AudioPlayback(AudioDevices.ToWavFile($"to-{listener}.wav"));
    await using var call = session.WithAudio(microphone, loudspeaker);
    var (said, heard) = ("", "");
    await foreach (var update in call.ReadAllAsync())
    {
        switch (update)
        {
            case InputTranscriptUpdate words:
                said += words.Text;
                break;
            case OutputTranscriptUpdate words:
                heard += words.Text;
                break;
            case TurnCompleteUpdate when heard.Length > 0:
                Console.WriteLine($"{speaker} said: {said.Trim()}{Environment.NewLine}{listener} heard: {heard.Trim()}");
                await loudspeaker.DrainAsync();
                return;
            case SessionEndedUpdate ended:
                ended.End.ThrowIfAbnormal();
                return;
        }
    }
}

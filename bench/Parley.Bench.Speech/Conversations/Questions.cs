using Parley.Bench.Speech.Corpora;

namespace Parley.Bench.Speech.Conversations;

/// <summary>The questions of the talkers: short, with short answers; speech fills about a third of the time.</summary>
internal static class Questions
{
    internal static async Task<IReadOnlyList<short[]>> SayAsync(CancellationToken cancellationToken)
    {
        using var voices = new Voices();
        List<short[]> sounds = [];
        string[] texts = ["what time is it", "what is seven times six", "what day is it today", "can you hear me", "how are you", "what is twenty one plus nine", "tell me a joke", "what can you do for me"];
        foreach (var text in texts)
            sounds.Add(await voices.SayAsync(text, "kal16", cancellationToken));
        return sounds;
    }
}

namespace Parley.Cli.Calls;

/// <summary>The recorded question that comes with the tool: "What is seven times six?", spoken by flite.</summary>
internal static class SampleQuestion
{
    internal static async Task<WavFile> ReadAsync()
    {
        await using var resource = typeof(SampleQuestion).Assembly.GetManifestResourceStream("question.wav")!;
        using var copy = new MemoryStream();
        await resource.CopyToAsync(copy);
        return WavFile.Parse(copy.ToArray());
    }
}

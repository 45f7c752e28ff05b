using System.Text.Json;
using Parley.EndToEnd.Harness;

namespace Parley.EndToEnd;

/// <summary><c>parley eval</c> in short form against a real <c>parley serve</c>, and against a third party's server.</summary>
public sealed class EvalTests(ParleyProcess server, AimockProcess aimock) : IClassFixture<ParleyProcess>, IClassFixture<AimockProcess>
{
    private const string Short =
        """
        calls:
          - name: question
            steps: [{ say: What is seven times six, file: question.wav }, { listen: 6s }]
          - name: interruption
            steps:
              - { say: What is seven times six, file: question.wav }
              - { interrupt: What is seven times six, after: 200ms, file: question.wav }
              - { listen: 6s }
          - name: cough
            steps: [{ say: What is seven times six, file: question.wav }, { listen: 6s }, { noise: cough }, { wait: 2s }]
        """;

    [Fact]
    public async Task Our_server_answers_and_its_calls_are_recorded()
    {
        using var tool = new Tool(server.Address);
        var folder = Directory.CreateTempSubdirectory("parley-eval-");
        try
        {
            var run = await tool.RunAsync(
                "eval", server.Address.ToString(), "--script", Script(folder), "--parallel", "3", "--out", Path.Combine(folder.FullName, "out"), "--require", "response-rate>=0.9");

            Assert.True(run.ExitCode == 0, run.ToString());
            var report = JsonElement.Parse(await File.ReadAllTextAsync(Path.Combine(folder.FullName, "out", "report.json"), TestContext.Current.CancellationToken));
            Assert.Equal(["question", "interruption", "cough"], report.GetProperty("calls").EnumerateArray().Select(static call => call.GetProperty("name").GetString()));
            Assert.All(report.GetProperty("calls").EnumerateArray(), static call => Assert.False(call.TryGetProperty("failure", out _), call.GetRawText()));
            Assert.True(new FileInfo(Path.Combine(folder.FullName, "out", "question.wav")).Length > 24_000);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public async Task Mock_that_hears_no_audio_answers_nothing()
    {
        using var tool = new Tool(aimock.Address);
        var folder = Directory.CreateTempSubdirectory("parley-eval-");
        try
        {
            var run = await tool.RunAsync(
                "eval", aimock.Address.ToString(), "--key", "any", "--model", "aimock", "--script", Script(folder), "--only", "question", "--timeout", "1s", "--require", "response-rate>=0.9");

            Assert.Equal(1, run.ExitCode);
            Assert.Contains(run.Output, static line => line.StartsWith("response-rate", StringComparison.Ordinal) && line.EndsWith("0 of 1", StringComparison.Ordinal));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static string Script(DirectoryInfo folder)
    {
        File.Copy(Repository.Find("samples", "audio", "question.wav"), Path.Combine(folder.FullName, "question.wav"));
        var path = Path.Combine(folder.FullName, "short.yaml");
        File.WriteAllText(path, Short);
        return path;
    }
}

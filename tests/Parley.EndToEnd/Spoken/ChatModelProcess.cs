using System.Globalization;
using Parley.EndToEnd.Harness;

namespace Parley.EndToEnd.Spoken;

/// <summary>A chat model behind the OpenAI protocol, in a process that can be killed and started again at the same port.</summary>
internal sealed class ChatModelProcess : IAsyncDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("parley-model-");
    private ChildProcess _process;
    private int _port;

    private ChatModelProcess(ChildProcess process) => _process = process;

    public static async Task<ChatModelProcess> StartAsync(CancellationToken cancellationToken)
    {
        var model = new ChatModelProcess(Run(0));
        await model.WaitAsync(cancellationToken);
        return model;
    }

    /// <summary>Writes a configuration for <c>parley serve</c> that uses this chat model.</summary>
    public string WriteConfiguration(string? fallback)
    {
        var chatModel = new Dictionary<string, string> { ["Provider"] = "openai", ["Model"] = "stub", ["Endpoint"] = string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{_port}/v1") };
        if (fallback is not null)
            chatModel["Fallback"] = fallback;
        return GenerousTimeouts.Write(_folder, chatModel);
    }

    public void Kill() => _process.Kill();

    public async Task StartAgainAsync(CancellationToken cancellationToken)
    {
        await _process.Exited;
        _process.Dispose();
        _process = Run(_port);
        await WaitAsync(cancellationToken);
    }

    public ValueTask DisposeAsync()
    {
        _process.Dispose();
        _folder.Delete(recursive: true);
        return ValueTask.CompletedTask;
    }

    private static ChildProcess Run(int port) => ChildProcess.Start(
        "node",
        [Repository.Find("tests", "Parley.EndToEnd", "js", "openai-model.mjs"), port.ToString(CultureInfo.InvariantCulture)],
        new Dictionary<string, string>(),
        "Run ./test, which says what to install.");

    private async Task WaitAsync(CancellationToken cancellationToken)
    {
        var line = await _process.Lines.FirstAsync(
            line => line.Text.StartsWith("port: ", StringComparison.Ordinal), "the model prints its port", cancellationToken);
        _port = int.Parse(line.Text["port: ".Length..], CultureInfo.InvariantCulture);
    }
}

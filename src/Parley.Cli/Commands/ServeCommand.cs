using System.CommandLine;
using System.CommandLine.Completions;
using Parley.Cli.Hosting;
using Parley.Speech.Models;

namespace Parley.Cli.Commands;

/// <summary><c>parley serve</c>: serves the Live API on this machine.</summary>
internal static class ServeCommand
{
    private const string EndpointPath = "/ws/google.ai.generativelanguage.v1.GenerativeService.BidiGenerateContent";
    private const int DefaultPort = 8080;

    internal static Command Create(ToolEnvironment environment)
    {
        var host = new Option<string>("--host")
        {
            Description = "Address to listen on",
            HelpName = "ADDRESS",
            DefaultValueFactory = _ => "127.0.0.1",
        };
        var port = Ports.Option("--port", 0, $"Port to listen on; 0 picks a free one. Default: {DefaultPort}");
        var key = new Option<string[]>("--api-key")
        {
            Description =
                "Accept this key from clients, in addition to the development key on loopback. Repeatable; better in the configuration",
            HelpName = "KEY",
        };
        var strict = new Option<bool>("--strict") { Description = "Accept only what the public service accepts" };
        var filePages = new Option<bool>("--allow-file-pages")
        {
            Description =
                "Accept the development key from pages opened from disk, and so from any web page that hides its origin: only while you "
                + "develop such a page",
        };
        var upstream = new Option<string?>("--upstream")
        {
            Description = $"Live server to relay to. Default: ${RelayHost.UrlVariable}, else the public service if a key for it is given",
            HelpName = "URL",
        };
        var upstreamKey = new Option<string?>("--upstream-key")
        {
            Description =
                $"Key for the upstream: relays every gemini-* model. Better in ${RelayHost.KeyVariable} or the configuration, because "
                + "other users can read a command line",
            HelpName = "KEY",
        };
        var metrics = Ports.Option("--metrics-port", 1, "Serve Prometheus metrics at /metrics on this port");
        var metricsHost = new Option<string>("--metrics-host")
        {
            Description = "Address of --metrics-port",
            HelpName = "ADDRESS",
            DefaultValueFactory = _ => "127.0.0.1",
        };
        var record = Files.Folder("--record", "Record every message in this folder, one JSON lines file per connection");
        var recordCalls = Files.Folder(
            "--record-calls", "Record both voices and the transcript of each call in this folder, as the section Recording of the configuration says. Tell callers");
        var config = Files.Input(
            "--config", "JSON file with the sections Live, Relay, Cascade, Speech, ChatModel, Phone, Recording and Postgres, see docs/configuration.md; - = standard input");
        var stt = Engine(
            "--stt",
            "Speech recognition: a Whisper model by name or path, auto, whisper, pocketsphinx, openai or none. "
            + "Default: auto, the best installed one");
        var tts = Engine(
            "--tts",
            "Speech synthesis: a Piper or Kokoro model by name or path, auto, piper, kokoro, flite, espeak, openai or tone. Default: auto");
        var llm = Engine(
            "--llm",
            "Chat model: a GGUF model by name or path, rules (the built-in assistant), or PROVIDER:MODEL such as ollama:llama3.2. "
            + "Default: rules");
        var noConsole = new Option<bool>("--no-console") { Description = "Serve the API only, without the browser console at /" };
        var data = Files.Folder("--data", "Keep tokens, keys, usage and resumable sessions in this folder. Default: in memory");
        var postgres = new Option<string?>("--postgres")
        {
            Description =
                "Keep them in this PostgreSQL database, which several servers may share: \"Host=…;Database=…;Username=…;Password=…\". "
                + $"Better in ${PostgresHost.Variable} or the configuration, because other users can read a command line",
            HelpName = "CONNECTION",
        };
        var admin = Ports.Option("--admin-port", 0, "Serve the admin API on this loopback port; 0 picks a free one. Default: no admin API");
        var calls = new Option<bool>("--calls") { Description = "Let other processes take part in running calls at /live/calls, with the key of the call" };
        var phone = new Option<bool>("--phone")
        {
            Description = "Serve telephone calls of Twilio, Telnyx and Plivo at /phone, as the section Phone of the configuration says",
        };
        var proxies = new Option<string[]>("--trusted-proxy")
        {
            Description =
                "Take client addresses from X-Forwarded-For of this proxy: an address, a network such as 10.0.0.0/8, or 'loopback'. "
                + "Repeatable. Default: none",
            HelpName = "ADDRESS",
        };
        var verbose = new Option<bool>("--verbose") { Description = "Log debug messages" };
        var logJson = new Option<bool>("--log-json") { Description = "Log one JSON object per line, with connection and session ids" };
        var command = new Command("serve", "Serve the Live API")
        {
            host, port, key, strict, filePages, upstream, upstreamKey, stt, tts, llm, metrics, metricsHost, logJson, record, recordCalls, config, data, postgres, admin, calls, proxies,
            phone, noConsole, verbose,
        };
        config.Validators.Add(static result =>
        {
            if (result.Tokens is [{ Value: { Length: > 0 } path and not "-" }] && !File.Exists(path))
                result.AddError($"--config: {path} {(Directory.Exists(path) ? "is a folder" : "does not exist")}. Give a JSON file.");
        });
        command.SetBody(environment, async (parsed, report, cancellationToken) =>
        {
            await using var server = await LocalServer.StartAsync(
                new ServeSettings
                {
                    Host = parsed.GetValue(host)!,
                    Port = parsed.GetValue(port) ?? DefaultPort,
                    Keys = parsed.GetValue(key) ?? [],
                    Console = !parsed.GetValue(noConsole),
                    Strict = parsed.GetValue(strict),
                    AllowFilePages = parsed.GetValue(filePages),
                    Upstream = parsed.GetValue(upstream),
                    UpstreamKey = parsed.GetValue(upstreamKey),
                    LogJson = parsed.GetValue(logJson),
                    Engines = new EngineChoice(ModelFiles.Store(environment))
                        .SettingsOf(parsed.GetValue(stt), parsed.GetValue(tts), parsed.GetValue(llm)),
                    MetricsPort = parsed.GetValue(metrics),
                    MetricsHost = parsed.GetValue(metricsHost)!,
                    Record = parsed.GetValue(record),
                    RecordCalls = parsed.GetValue(recordCalls),
                    ConfigFile = parsed.GetValue(config) is { IsStandardInput: false } file ? Path.GetFullPath(file.Path) : null,
                    ConfigInput = parsed.GetValue(config) is { IsStandardInput: true } input ? await input.ReadAsync(environment, cancellationToken) : null,
                    Data = parsed.GetValue(data),
                    Postgres = parsed.GetValue(postgres),
                    AdminPort = parsed.GetValue(admin),
                    Calls = parsed.GetValue(calls),
                    TrustedProxies = parsed.GetValue(proxies) ?? [],
                    Phone = parsed.GetValue(phone),
                    Verbose = parsed.GetValue(verbose),
                    Quiet = parsed.GetValue<bool>(CommandRunner.Json),
                },
                cancellationToken);
            var url = server.Address.GetLeftPart(UriPartial.Authority);
            report.Fact("listening", $"Parley serves the Live API on {url}", ("url", url));
            if (!parsed.GetValue(noConsole))
                report.Fact("console", Line("console", $"{url}/"), ("url", url + "/"));
            report.Fact("endpoint", Line("endpoint", url.Replace("http", "ws", StringComparison.Ordinal) + EndpointPath), ("path", EndpointPath));
            if (parsed.GetValue(phone))
                report.Fact("phone", Line("phone", $"{url}/phone/CARRIER/incoming"), ("url", url + "/phone/"));
            if (server.AcceptsDevelopmentKey)
            {
                report.Fact(
                    "key", Line("key", $"{ServerOptions.DevelopmentKey} (accepted from this machine only)"),
                    ("developmentKey", ServerOptions.DevelopmentKey));
            }
            if (server.Admin is { } adminUrl)
                report.Fact("admin", Line("admin", adminUrl.ToString()), ("url", adminUrl.ToString()));
            foreach (var (name, state) in server.Parts)
                report.Fact("part", Line(name, state), ("name", name), ("state", state));
            var urlOption = url == ServerOptions.LocalUrl ? "" : $" --url {url}";
            report.Fact("try", Line("try", $"{ToolName.Current} ask{urlOption} \"What is seven times six?\""));
            await server.WaitForShutdownAsync(cancellationToken);
            return ExitCodes.Success;
        });
        return command;
    }

    private static Option<string?> Engine(string name, string description)
    {
        var option = new Option<string?>(name) { Description = description, HelpName = "ENGINE" };
        option.CompletionSources.Add(_ => ModelCatalog.Default.Models.Where(model => ModelFiles.ServeOption(model.Engine) == name)
            .Select(static model => new CompletionItem(model.Name)));
        return option;
    }

    // Names of parts have up to eleven letters ("synthesizer").
    private static string Line(string name, string text) => $"{name,-12}{text}";
}

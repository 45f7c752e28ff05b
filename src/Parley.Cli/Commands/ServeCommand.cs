using System.CommandLine;
using Parley.Cli.Hosting;

namespace Parley.Cli.Commands;

/// <summary><c>parley serve</c>: the Live API on this machine.</summary>
internal static class ServeCommand
{
    internal static Command Create()
    {
        var host = new Option<string>("--host") { Description = "Address to listen on", DefaultValueFactory = _ => "127.0.0.1" };
        var port = new Option<int>("--port") { Description = "Port to listen on; 0 = any free one", DefaultValueFactory = _ => 8080 };
        var key = new Option<string[]>("--api-key") { Description = "A key clients may use, beside the development key on loopback. May be repeated; better in the configuration" };
        var strict = new Option<bool>("--strict") { Description = "Accept only what the public service accepts" };
        var upstream = new Option<string?>("--upstream") { Description = $"Live server to relay to. Default: ${RelayHost.UrlVariable}, else the public service, once there is a key for it" };
        var upstreamKey = new Option<string?>("--upstream-key") { Description = $"Key for it: relays every gemini-* model. Better in ${RelayHost.KeyVariable} or the configuration; a command line can be read by others" };
        var metrics = new Option<int?>("--metrics-port") { Description = "Serve /metrics for Prometheus on this port of loopback" };
        var record = new Option<DirectoryInfo?>("--record") { Description = "Write every message to this folder, one file of JSON lines a connection" };
        var config = new Option<FileInfo?>("--config") { Description = "JSON file with the sections Live, Relay, ChatModel and Cascade; see docs/configuration.md" };
        var noConsole = new Option<bool>("--no-console") { Description = "Serve the API only, without the browser console at /" };
        var data = new Option<string?>("--data") { Description = "Folder in which tokens, keys, usage and resumable sessions are kept. Default: in memory" };
        var admin = new Option<int?>("--admin-port") { Description = "Port of the admin API, on this machine only; 0 = any free one. Default: no admin API" };
        var verbose = new Option<bool>("--verbose") { Description = "Log more" };
        var logJson = new Option<bool>("--log-json") { Description = "Log one JSON object a line, with the ids of connection and session" };
        var command = new Command("serve", "Serve the Live API") { host, port, key, strict, upstream, upstreamKey, metrics, logJson, record, config, data, admin, noConsole, verbose };
        command.Validators.Add(result =>
        {
            if (result.GetValue(port) is < 0 or > 65_535)
                result.AddError("--port must be between 0 and 65535.");
            if (result.GetValue(metrics) is < 1 or > 65_535)
                result.AddError("--metrics-port must be between 1 and 65535.");
            if (result.GetValue(admin) is < 0 or > 65_535)
                result.AddError("--admin-port must be between 0 and 65535.");
            if (result.GetValue(config) is { Exists: false } missing)
                result.AddError($"{missing.FullName} does not exist.");
        });
        command.SetBody(async (parsed, report, cancellationToken) =>
        {
            await using var server = await LocalServer.StartAsync(
                new ServeSettings
                {
                    Host = parsed.GetValue(host)!,
                    Port = parsed.GetValue(port),
                    Keys = parsed.GetValue(key) ?? [],
                    Console = !parsed.GetValue(noConsole),
                    Strict = parsed.GetValue(strict),
                    Upstream = parsed.GetValue(upstream),
                    UpstreamKey = parsed.GetValue(upstreamKey),
                    LogJson = parsed.GetValue(logJson),
                    MetricsPort = parsed.GetValue(metrics),
                    Record = parsed.GetValue(record),
                    ConfigFile = parsed.GetValue(config),
                    Data = parsed.GetValue(data),
                    AdminPort = parsed.GetValue(admin),
                    Verbose = parsed.GetValue(verbose),
                    Quiet = parsed.GetValue(CommandRunner.Json),
                },
                cancellationToken);
            var url = server.Address.GetLeftPart(UriPartial.Authority);
            report.Fact("listening", $"Parley serves the Live API on {url}", ("url", url));
            if (!parsed.GetValue(noConsole))
                report.Fact("console", $"console   {url}/", ("url", url + "/"));
            report.Fact("endpoint", $"endpoint  {url.Replace("http", "ws", StringComparison.Ordinal)}/ws/google.ai.generativelanguage.v1beta.GenerativeService.BidiGenerateContent", ("path", "/ws/google.ai.generativelanguage.v1beta.GenerativeService.BidiGenerateContent"));
            if (server.TakesDevelopmentKey)
                report.Fact("key", $"key       {ServerOptions.DevelopmentKey}   (from this machine only)", ("developmentKey", ServerOptions.DevelopmentKey));
            if (server.Admin is { } adminUrl)
                report.Fact("admin", $"admin     {adminUrl}", ("url", adminUrl.ToString()));
            foreach (var (name, state) in server.Parts)
                report.Fact("part", $"{name,-9} {state}", ("name", name), ("state", state));
            var elsewhere = url == ServerOptions.LocalUrl ? "" : $" --url {url}";
            report.Fact("try", $"try       ./parley ask{elsewhere} \"What is seven times six?\"");
            await server.WaitForShutdownAsync(cancellationToken);
            return ExitCodes.Success;
        });
        return command;
    }
}

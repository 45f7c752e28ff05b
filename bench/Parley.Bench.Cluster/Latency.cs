using System.Diagnostics;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Parley.Server;
using Parley.Server.PostgreSql;

namespace Parley.Bench.Cluster;

/// <summary>
/// The latencies that a client sees which depend on the stores: opening a session with a virtual key that has limits, the handle after a turn, and resuming.
/// One session at a time, the kinds of stores by turns, in one process with the client.
/// </summary>
internal static class Latency
{
    private static readonly string[] Kinds = ["memory", "SQLite", "PostgreSQL"];

    internal static async Task RunAsync(Database database, BenchOptions options, CancellationToken cancellationToken)
    {
        var folder = Directory.CreateTempSubdirectory("parley-bench-");
        try
        {
            List<Server> servers =
            [
                await Server.StartAsync(static _ => { }, cancellationToken),
                await Server.StartAsync(live => live.UseDataFolder(folder.FullName), cancellationToken),
                await Server.StartAsync(live => live.UsePostgres(database.ConnectionString, postgres => postgres.Schema = database.NewSchema()), cancellationToken),
            ];
            foreach (var server in servers)
                await server.MeasureAsync(options.Sessions, cancellationToken);
            servers.ForEach(static server => server.Forget());
            for (var round = 0; round < options.Rounds; round++)
            {
                foreach (var server in servers)
                    await server.MeasureAsync(options.Sessions / 4, cancellationToken);
            }
            Table.Head(["measured, ms: p50 (p95)", .. Kinds, .. Kinds[1..].Select(static kind => $"{kind} adds, p50 (p95)")]);
            foreach (var what in Server.Measured)
            {
                var columns = servers.ConvertAll(server => server.Times[what]);
                string Pair(Func<double, double> of) => $"{Table.Number(of(0.5))} ({Table.Number(of(0.95))})";
                Table.Row(
                    [
                        what, .. columns.Select(column => Pair(share => Table.Percentile(column, share))),
                        .. columns.Skip(1).Select(column => Pair(share => Table.Percentile(column, share) - Table.Percentile(columns[0], share))),
                    ]);
            }
            foreach (var server in servers)
                await server.DisposeAsync();
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private sealed class Server(WebApplication app, string key) : IAsyncDisposable
    {
        internal static readonly string[] Measured = ["connection to setupComplete", "end of a turn to its handle", "resumption to setupComplete"];

        internal Dictionary<string, List<double>> Times { get; } = Measured.ToDictionary(static what => what, static _ => new List<double>());

        internal static async Task<Server> StartAsync(Action<LiveApiBuilder> useStores, CancellationToken cancellationToken)
        {
            var builder = WebApplication.CreateSlimBuilder();
            builder.Logging.ClearProviders().AddSimpleConsole().SetMinimumLevel(LogLevel.Warning);
            builder.WebHost.UseUrls("http://127.0.0.1:0");
            useStores(builder.Services.AddLiveApi(options => options.Connections.MaxConnectionsPerSecond = 0).UseDefaultModel(_ => new TalkingModel()));
            builder.Services.AddSingleton<ILiveCheckpointCodec, TalkCodec>();
            var app = builder.Build();
            app.MapLiveApi();
            await app.StartAsync(cancellationToken);
            var limits = new KeyLimits { MaxSessions = 1_000_000, OpensPerMinute = 1_000_000, TokensPerDay = long.MaxValue / 2 };
            return new Server(app, (await app.Services.GetRequiredService<LiveKeys>().CreateAsync("bench", limits, cancellationToken: cancellationToken)).Secret);
        }

        internal void Forget()
        {
            foreach (var times in Times.Values)
                times.Clear();
        }

        internal async Task MeasureAsync(int sessions, CancellationToken cancellationToken)
        {
            for (var i = 0; i < sessions; i++)
            {
                var handle = await OpenAsync(null, Measured[0], cancellationToken);
                await OpenAsync(handle, Measured[2], cancellationToken);
            }
        }

        public async ValueTask DisposeAsync()
        {
            await app.StopAsync();
            await app.DisposeAsync();
        }

        /// <summary>Opens a session, takes one turn, and closes it.</summary>
        private async Task<string> OpenAsync(string? handle, string what, CancellationToken cancellationToken)
        {
            var resumption = handle is null ? "{}" : $$"""{"handle":"{{handle}}"}""";
            var address = new UriBuilder(app.Urls.First()) { Scheme = "ws", Path = "/ws/google.ai.generativelanguage.v1beta.GenerativeService.BidiGenerateContent", Query = "key=" + key };
            using var socket = new ClientWebSocket();
            var started = Stopwatch.GetTimestamp();
            await socket.ConnectAsync(address.Uri, cancellationToken);
            await SendAsync(socket, $$$"""{"setup":{"model":"models/gemini-3.8-live","sessionResumption":{{{resumption}}}}}""", cancellationToken);
            await ReceiveAsync(socket, "setupComplete", cancellationToken);
            Times[what].Add(Stopwatch.GetElapsedTime(started).TotalMilliseconds);
            started = Stopwatch.GetTimestamp();
            await SendAsync(socket, """{"realtimeInput":{"text":"Where is my order?"}}""", cancellationToken);
            var update = await ReceiveAsync(socket, "sessionResumptionUpdate", cancellationToken);
            Times[Measured[1]].Add(Stopwatch.GetElapsedTime(started).TotalMilliseconds);
            await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, null, cancellationToken);
            return update.GetProperty("newHandle").GetString()!;
        }

        private static ValueTask SendAsync(ClientWebSocket socket, string json, CancellationToken cancellationToken) =>
            socket.SendAsync(Encoding.UTF8.GetBytes(json).AsMemory(), WebSocketMessageType.Text, endOfMessage: true, cancellationToken);

        private static async Task<JsonElement> ReceiveAsync(ClientWebSocket socket, string field, CancellationToken cancellationToken)
        {
            var buffer = new byte[64 * 1024];
            while (true)
            {
                var length = 0;
                ValueWebSocketReceiveResult result;
                do
                {
                    result = await socket.ReceiveAsync(buffer.AsMemory(length), cancellationToken);
                    length += result.Count;
                }
                while (!result.EndOfMessage);
                if (result.MessageType == WebSocketMessageType.Close)
                    throw new InvalidOperationException($"The server closed with {(int?)socket.CloseStatus} {socket.CloseStatusDescription} in place of {field}.");
                if (JsonElement.Parse(buffer.AsSpan(0, length)).TryGetProperty(field, out var value))
                    return value;
            }
        }
    }
}

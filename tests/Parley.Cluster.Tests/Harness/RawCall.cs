using System.Globalization;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Parley.TestKit;

namespace Parley.Cluster.Tests.Harness;

/// <summary>A call without a client library: one connection, whose handle another one continues with.</summary>
internal sealed class RawCall(LiveSocket socket, string model, string node) : IAsyncDisposable
{
    private const string Path = "/ws/google.ai.generativelanguage.v1beta.GenerativeService.BidiGenerateContent";

    /// <summary>Longest wait for one attempt to open a connection: a suspended node accepts them, and does not answer.</summary>
    private static readonly TimeSpan LongestOpening = TimeSpan.FromSeconds(2);

    private int _sent;
    private bool _isHeld;

    /// <summary>The newest handle.</summary>
    public string Handle { get; private set; } = "";

    /// <summary>Name of its node.</summary>
    public string Node => node;

    public string Model => model;

    public LiveSocket Socket => socket;

    private int Turn { get; set; }

    /// <summary>Opens a session, or continues one that has had some turns. What does not answer in time is left, as clients do, and tried again.</summary>
    public static async Task<RawCall> OpenAsync(LiveCluster cluster, string model, string? handle = null, int turns = 0, string credential = LiveCluster.Key)
    {
        var refusal = "no answer";
        RawCall? call = null;
        await Polling.UntilAsync(
            async () =>
            {
                (call, refusal) = await TryOpenAsync(cluster, model, handle, turns, credential);
                return call is not null;
            },
            () => $"a session of {model} opens through the load balancer, instead of {refusal}");
        return call!;
    }

    /// <summary>Opens a session, which may be refused.</summary>
    /// <returns>Null if it is open; otherwise the close, or the status of HTTP.</returns>
    public static async Task<(LiveSocket Socket, string? Refusal)> RaceAsync(Uri address, string credential, string model, string? handle = null)
    {
        var socket = new LiveSocket(new ClientWebSocket());
        try
        {
            await Expect.WithinAsync(((ClientWebSocket)socket.Socket).ConnectAsync(At(address, credential), CancellationToken.None), "an upgrade");
            await socket.SendJsonAsync(Setup(model, handle));
            await socket.ReceiveUntilAsync(static frame => frame.Has("setupComplete"), "setupComplete");
            return (socket, null);
        }
        catch (WebSocketException)
        {
            return (socket, $"HTTP {(int)((ClientWebSocket)socket.Socket).HttpStatusCode}");
        }
        catch (ExpectationException e)
        {
            return (socket, socket.Socket.CloseStatus is { } code ? $"{(int)code} {socket.Socket.CloseStatusDescription}" : e.Message);
        }
    }

    /// <summary>Has a whole turn, with the function that the model may call in it, and gets the handle after it.</summary>
    public async Task AskAsync()
    {
        await BeginAsync();
        var said = new StringBuilder();
        while (true)
        {
            var frame = await socket.ReceiveAsync();
            Note(frame);
            if (frame.At("serverContent", "modelTurn", "parts") is { } parts)
                said.AppendJoin("", parts.EnumerateArray().Select(static part => part.GetProperty("text").GetString()));
            if (frame.At("toolCall", "functionCalls") is { } functions)
                await SendAsync(new { ToolResponse = new { FunctionResponses = functions.EnumerateArray().Select(static call => new { Id = call.GetProperty("id").GetString(), Name = Conversation.Function, Response = new { Output = "counted" } }) } });
            // The turn that makes a call may end before the answer.
            if (said.Length > 0 && frame.At("serverContent", "turnComplete") is not null)
                break;
        }
        Assert.Equal(Conversation.Expected(1, Turn), said.ToString());
        while (!_isHeld)
            Note(await socket.ReceiveUntilAsync(static frame => frame.Has("sessionResumptionUpdate"), $"the handle after turn {Turn}"));
    }

    /// <summary>Asks the next question.</summary>
    public Task BeginAsync() => SendAsync(new { RealtimeInput = new { Text = Conversation.Question(++Turn) } });

    public ValueTask DisposeAsync() => socket.DisposeAsync();

    private Task SendAsync(object message)
    {
        _sent++;
        _isHeld = false;
        return socket.SendJsonAsync(message);
    }

    // Indexes of messages count from 1; the setup is not counted.
    private void Note(LiveFrame frame)
    {
        if (frame.At("sessionResumptionUpdate", "newHandle")?.GetString() is not { Length: > 0 } handle)
            return;
        Handle = handle;
        _isHeld = frame.At("sessionResumptionUpdate", "lastConsumedClientMessageIndex") is { } index && long.Parse(index.ToString(), CultureInfo.InvariantCulture) >= _sent;
    }

    private static async Task<(RawCall? Call, string Refusal)> TryOpenAsync(LiveCluster cluster, string model, string? handle, int turns, string credential)
    {
        var socket = new ClientWebSocket();
        socket.Options.CollectHttpResponseDetails = true;
        using var timeoutCts = new CancellationTokenSource(LongestOpening);
        try
        {
            await socket.ConnectAsync(At(cluster.Address, credential), timeoutCts.Token);
            // Those that nginx tried, in order.
            var address = socket.HttpResponseHeaders![LoadBalancer.NodeHeader].Single().Split(", ")[^1];
            var call = new RawCall(new LiveSocket(socket), model, cluster.Nodes.Single(node => node.Address.Authority == address).Name) { Turn = turns, Handle = handle ?? "" };
            await call.Socket.SendJsonAsync(Setup(model, handle));
            await call.Socket.ReceiveUntilAsync(static frame => frame.Has("setupComplete"), "setupComplete");
            return (call, "");
        }
        catch (Exception e) when (e is OperationCanceledException or WebSocketException or ExpectationException)
        {
            socket.Dispose();
            return (null, e.Message);
        }
    }

    private static Uri At(Uri address, string credential) => credential.StartsWith("auth_tokens/", StringComparison.Ordinal)
        ? new Uri($"ws://{address.Authority}{Path}Constrained?access_token={credential}")
        : new Uri($"ws://{address.Authority}{Path}?key={credential}");

    private static readonly JsonSerializerOptions WithoutNulls = new() { DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull };

    // The function of the calls, as a client without a library declares it.
    private static readonly object[] Tools = [new { functionDeclarations = new[] { new { name = Conversation.Function, description = "Counts a turn." } } }];

    private static string Setup(string model, string? handle) => JsonSerializer.Serialize(new
    {
        setup = new
        {
            model = "models/" + model,
            generationConfig = new { responseModalities = new[] { "TEXT" } },
            tools = Tools,
            // So that a handle says which messages its state contains.
            sessionResumption = new { handle, transparent = true },
        },
    }, WithoutNulls);
}

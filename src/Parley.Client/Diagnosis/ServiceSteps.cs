using System.Net;
using System.Net.WebSockets;
using System.Text;

namespace Parley.Client.Diagnosis;

/// <summary>The steps from the upgrade to an answer.</summary>
internal sealed class ServiceSteps(LiveClient client, LiveSetup setup) : IAsyncDisposable
{
    private const string Question = "Say hello in one word.";

    private static readonly TimeSpan LongestAnswer = TimeSpan.FromSeconds(30);

    private LiveSession? _session;
    private LiveException? _refused;

    internal async Task<DiagnosisStep> UpgradeAsync(CancellationToken cancellationToken)
    {
        using var socket = new ClientWebSocket();
        try
        {
            await OpenAsync(socket, cancellationToken).ConfigureAwait(false);
            await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, "", cancellationToken).ConfigureAwait(false);
            return Passed(DiagnosisStepKind.Upgrade, $"{Path()} is a WebSocket");
        }
        catch (WebSocketException e) when ((int)socket.HttpStatusCode != 0)
        {
            var cause = CloseCauses.Classify(socket.HttpStatusCode).Cause;
            var status = $"HTTP status {(int)socket.HttpStatusCode}";
            return socket.HttpStatusCode is HttpStatusCode.OK
                ? Failed(DiagnosisStepKind.Upgrade, $"{Path()} answers as a web page does ({status}), not as a WebSocket", EndCause.UnknownEndpoint)
                : Failed(DiagnosisStepKind.Upgrade, $"{Path()} is refused with {status}: {e.Message}", cause);
        }
        catch (Exception e) when (e is WebSocketException or OperationCanceledException && !cancellationToken.IsCancellationRequested)
        {
            return Failed(DiagnosisStepKind.Upgrade, $"no HTTP answer: {(e.InnerException ?? e).Message}", EndCause.UnknownEndpoint);
        }
    }

    /// <summary>A server says what it thinks of the credential only when it has seen the setup, so this step sends it.</summary>
    internal async Task<DiagnosisStep> CredentialAsync(CancellationToken cancellationToken)
    {
        try
        {
            _session = await client.ConnectAsync(setup, cancellationToken).ConfigureAwait(false);
        }
        catch (LivePreflightException e)
        {
            _refused = e;
            return new DiagnosisStep(DiagnosisStepKind.Credential, DiagnosisOutcome.Skipped, "not tried, because the setup would be refused and was not sent");
        }
        catch (LiveConnectException e)
        {
            _refused = e;
        }
        return _refused is { Cause: EndCause.InvalidKey or EndCause.ExpiredKey or EndCause.ExpiredToken or EndCause.NoIdentity or EndCause.Forbidden or EndCause.Region } refused
            ? Failed(DiagnosisStepKind.Credential, Said(refused), refused.Cause)
            : Passed(DiagnosisStepKind.Credential, $"the {client.Credential} is accepted");
    }

    internal Task<DiagnosisStep> SetupAsync(CancellationToken cancellationToken) => Task.FromResult(
        _refused is { } refused
            ? Failed(DiagnosisStepKind.Setup, Said(refused), refused.Cause)
            : Passed(DiagnosisStepKind.Setup, $"{setup.ToWire().Model ?? "the model of the token"} opened a session"));

    internal async Task<DiagnosisStep> AnswerAsync(CancellationToken cancellationToken)
    {
        using var enough = new CancellationTokenSource(LongestAnswer, client.Options.TimeProvider);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(enough.Token, cancellationToken);
        try
        {
            await _session!.SendTextAsync(Question, either.Token).ConfigureAwait(false);
            await foreach (var update in _session.ReadAllAsync(either.Token).ConfigureAwait(false))
            {
                switch (update)
                {
                    case AudioUpdate audio:
                        return Passed(DiagnosisStepKind.Answer, $"it speaks, at {audio.RateHz:N0} Hz");
                    case TextUpdate:
                        return Passed(DiagnosisStepKind.Answer, "it answers in text");
                    case TurnCompleteUpdate:
                        return Failed(DiagnosisStepKind.Answer, "the turn ended without an answer", EndCause.Internal);
                    case SessionEndedUpdate { End: var end }:
                        return Failed(DiagnosisStepKind.Answer, $"the session ended: {end}", end.Cause);
                }
            }
        }
        catch (LiveSessionException e)
        {
            return Failed(DiagnosisStepKind.Answer, $"the session ended: {e.End}", e.Cause);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            // Said below.
        }
        return Failed(DiagnosisStepKind.Answer, $"no answer within {LongestAnswer.TotalSeconds:0} s", EndCause.Timeout);
    }

    internal async Task<DiagnosisStep> GuideConfigAsync(CancellationToken cancellationToken)
    {
        using var socket = new ClientWebSocket();
        try
        {
            await OpenAsync(socket, cancellationToken).ConfigureAwait(false);
            // {"config":{"model":"models/…","responseModalities":["AUDIO"]}}, as the guide has it.
            var model = (setup.ToWire().Model ?? "").Replace("\"", "", StringComparison.Ordinal).Replace("\\", "", StringComparison.Ordinal);
            await socket.SendAsync(
                Encoding.UTF8.GetBytes($$$"""{"config":{"model":"{{{model}}}","responseModalities":["AUDIO"]}}"""), WebSocketMessageType.Text, true, cancellationToken).ConfigureAwait(false);
            var answer = new byte[16 << 10];
            using var enough = new CancellationTokenSource(client.Options.SetupTimeout, client.Options.TimeProvider);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(enough.Token, cancellationToken);
            var received = await socket.ReceiveAsync(answer, either.Token).ConfigureAwait(false);
            return received.MessageType == WebSocketMessageType.Close
                ? Passed(DiagnosisStepKind.GuideConfig, $"the guide's first message, \"config\", is refused as by the public service ({(int?)socket.CloseStatus}): this client sends \"setup\"")
                : Passed(DiagnosisStepKind.GuideConfig, "the guide's first message, \"config\", is taken here; the public service refuses it");
        }
        catch (Exception e) when (e is WebSocketException or OperationCanceledException && !cancellationToken.IsCancellationRequested)
        {
            return Passed(DiagnosisStepKind.GuideConfig, "the guide's first message, \"config\", gets no answer: this client sends \"setup\"");
        }
    }

    public ValueTask DisposeAsync() => _session?.DisposeAsync() ?? ValueTask.CompletedTask;

    private string Path() => client.Endpoints.Live(client.Credential.IsToken, null).AbsolutePath;

    private async Task OpenAsync(ClientWebSocket socket, CancellationToken cancellationToken)
    {
        var inQuery = client.Options.CredentialPlacement == CredentialPlacement.Query;
        socket.Options.CollectHttpResponseDetails = true;
        if (!inQuery)
            socket.Options.SetRequestHeader(client.Credential.Header.Name, client.Credential.Header.Value);
        using var enough = new CancellationTokenSource(client.Options.SetupTimeout, client.Options.TimeProvider);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(enough.Token, cancellationToken);
        await socket.ConnectAsync(
            client.Endpoints.Live(client.Credential.IsToken, inQuery ? client.Credential.Query : null), client.Invoker, either.Token).ConfigureAwait(false);
    }

    private static string Said(LiveException refused) => refused is LiveConnectException { CloseCode: { } code } closed
        ? $"closed with {code}: {(closed.Reason.Length > 0 ? closed.Reason : "the server gave no reason")}"
        : refused.Message;

    private static DiagnosisStep Passed(DiagnosisStepKind kind, string detail) => new(kind, DiagnosisOutcome.Passed, detail);

    private static DiagnosisStep Failed(DiagnosisStepKind kind, string detail, EndCause cause) =>
        new(kind, DiagnosisOutcome.Failed, detail) { Cause = cause, Hint = CloseCauses.Hint(cause) };
}

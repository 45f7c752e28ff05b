using Parley.Testing.Conformance.Running;
using static Parley.Testing.ConformanceProfile;

namespace Parley.Testing.Conformance.Checks;

/// <summary>Paths and the upgrade.</summary>
internal static class HandshakeChecks
{
    internal static void AddTo(CheckList list)
    {
        list.Area("handshake", "1.1").For(Developer, Strict);
        foreach (var version in (string[])["v1", "v1beta", "v1alpha"])
            list.Must($"path-{version}", $"The socket of `{version}` opens a session.", probe => OpenAsync(probe, probe.Run.SocketPath(version)));
        list.Must("double-slash", "A double slash before the path is tolerated.", probe => OpenAsync(probe, "/" + probe.Run.SocketPath()));
        list.Must("double-slash-inside", "A double slash inside the path is tolerated.", probe =>
            OpenAsync(probe, probe.Run.SocketPath().Replace("/ws/", "/ws//", StringComparison.Ordinal)));
        list.For(Vertex).Must("path-vertex", "The socket of Vertex opens a session.", probe => OpenAsync(probe, probe.Run.SocketPath()));
        list.Must("path-vertex-v1", "The socket of Vertex `v1` opens a session.", probe =>
            OpenAsync(probe, probe.Run.SocketPath().Replace("v1beta1", "v1", StringComparison.Ordinal)));
        list.For().In("1.3").Should("unknown-path", "An unknown path is HTTP 404.", async probe =>
        {
            var (upgrade, _) = await probe.TryConnectAsync($"{probe.Run.Target.PathPrefix}/ws/nothing", probe.Run.Credential);
            probe.Require(upgrade.Status == 404, $"Expected HTTP 404; got {upgrade.Status}.");
        });
        list.In("1.1").Must("accept-key", "`Sec-WebSocket-Accept` belongs to the key of the request.", async probe =>
        {
            var line = await probe.ConnectAsync();
            probe.Require(line.Upgrade.Headers.GetValueOrDefault("sec-websocket-accept") == line.Upgrade.Accept, "Sec-WebSocket-Accept is another.");
        });
        list.Must("upgrade-headers", "The answer has `Upgrade: websocket` and `Connection: Upgrade`.", async probe =>
        {
            var headers = (await probe.ConnectAsync()).Upgrade.Headers;
            probe.Require(headers.GetValueOrDefault("upgrade")?.Equals("websocket", StringComparison.OrdinalIgnoreCase) is true, "Upgrade is missing or another.");
            probe.Require(headers.GetValueOrDefault("connection")?.Contains("upgrade", StringComparison.OrdinalIgnoreCase) is true, "Connection is missing or another.");
        });
        list.Must("no-subprotocol", "No subprotocol is selected where none was offered.", async probe =>
            probe.Require(!(await probe.ConnectAsync()).Upgrade.Headers.ContainsKey("sec-websocket-protocol"), "A subprotocol was selected."));
        list.Must("foreign-subprotocol", "A subprotocol that was not offered is not selected.", async probe =>
        {
            var line = await probe.ConnectAsync(probe.Run.SocketPath(), [.. probe.Run.Credential, ("Sec-WebSocket-Protocol", "parley-test")]);
            var selected = line.Upgrade.Headers.GetValueOrDefault("sec-websocket-protocol");
            probe.Require(selected is null or "parley-test", $"The subprotocol {selected} was selected.");
            await line.SetUpAsync();
        });
        list.In("2.1").Must("no-extension", "No extension is negotiated where none was offered.", async probe =>
            probe.Require(!(await probe.ConnectAsync()).Upgrade.Headers.ContainsKey("sec-websocket-extensions"), "An extension was negotiated."));
        list.Should("no-deflate", "`permessage-deflate` is not negotiated.", async probe =>
        {
            var line = await probe.ConnectAsync(probe.Run.SocketPath(), [.. probe.Run.Credential, ("Sec-WebSocket-Extensions", "permessage-deflate")]);
            probe.Require(!line.Upgrade.Headers.ContainsKey("sec-websocket-extensions"), "permessage-deflate was negotiated.");
            await line.SetUpAsync();
        });
        list.In("1.2").Must("sdk-headers", "Headers that SDKs send are ignored.", probe => OpenAsync(
            probe, probe.Run.SocketPath(),
            ("User-Agent", "google-genai-sdk/3.1.0 gl-node/v20"), ("x-goog-api-client", "google-genai-sdk/3.1.0"), ("Content-Type", "application/json")));
        list.Should("user-project", "`x-goog-user-project` is ignored.", probe => OpenAsync(probe, probe.Run.SocketPath(), ("x-goog-user-project", "conformance")));
        list.In("2.1").Must("old-version", "A WebSocket version other than 13 is not upgraded.", async probe =>
        {
            var (upgrade, _) = await probe.TryConnectAsync(probe.Run.SocketPath(), [.. probe.Run.Credential, ("Sec-WebSocket-Version", "8")]);
            probe.Require(upgrade.Status is >= 400 and < 500, $"Expected HTTP 400 or 426; got {upgrade.Status}.");
        });
        list.Must("no-upgrade", "A plain request for the path of the socket is a client error.", async probe =>
        {
            var path = probe.Run.SocketPath()[probe.Run.Target.PathPrefix.Length..];
            var (status, _, _) = await probe.HttpAsync(HttpMethod.Get, path, null, probe.Run.Credential);
            probe.Require(status is >= 400 and < 500, $"Expected a status of 400 to 499; got {status}.");
        });
    }

    private static async Task OpenAsync(Probe probe, string target, params IEnumerable<(string Name, string Value)> headers)
    {
        var line = await probe.ConnectAsync(target, [.. probe.Run.Credential, .. headers]);
        await line.SetUpAsync();
    }
}

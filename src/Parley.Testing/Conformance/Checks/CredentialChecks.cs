using System.Text;
using Parley.Testing.Conformance.Running;
using static Parley.Testing.ConformanceProfile;

namespace Parley.Testing.Conformance.Checks;

/// <summary>Keys, in every form, and what a bad one looks like.</summary>
internal static class CredentialChecks
{
    private const string NoIdentity = "Method doesn't allow unregistered callers";
    private const string Invalid = "API key not valid";

    internal static void AddTo(CheckList list)
    {
        list.Area("credentials", "1.2").For(Developer, Strict);
        list.Must("key-query", "The key is accepted in the query.", probe => AcceptAsync(probe, $"?key={Key(probe)}"));
        list.Must("key-header", "The key is accepted in the header `x-goog-api-key`.", probe => AcceptAsync(probe, "", ("x-goog-api-key", HttpChecks.Key(probe))));
        list.Must("key-beside-others", "The key is found beside other members of the query.", probe => AcceptAsync(probe, $"?alt=json&key={Key(probe)}&trace=1"));
        list.Must("key-encoded", "A percent-encoded key is decoded.", probe =>
            AcceptAsync(probe, "?key=" + string.Concat(Encoding.UTF8.GetBytes(HttpChecks.Key(probe)).Select(static b => $"%{b:X2}"))));
        list.Should("key-header-empty-query", "An empty key in the query does not hide the one in the header.", probe =>
            AcceptAsync(probe, "?key=", ("x-goog-api-key", HttpChecks.Key(probe))));
        list.In("1.3").Must("no-key", "Without a key the session closes with 1008 and the text about unregistered callers.", probe =>
            RefuseAsync(probe, "", 1008, NoIdentity));
        list.Must("wrong-key", "An unknown key closes with 1007 and `API key not valid`.", probe => RefuseAsync(probe, "?key=not-a-key", 1007, Invalid));
        list.Must("wrong-key-header", "An unknown key in the header closes with 1007 and `API key not valid`.", probe =>
            RefuseAsync(probe, "", 1007, Invalid, ("x-goog-api-key", "not-a-key")));
        list.Must("empty-key", "An empty key is no key.", probe => RefuseAsync(probe, "?key=", 1008, NoIdentity));
        list.Must("upgrade-first", "A wrong key is upgraded; the refusal is a close.", async probe =>
        {
            _ = HttpChecks.Key(probe);
            var (upgrade, _) = await probe.TryConnectAsync(probe.Run.SocketPathWithout() + "?key=not-a-key", []);
            probe.Require(upgrade.Status == 101, $"Expected HTTP 101; got {upgrade.Status}.");
        });
        list.Must("no-setup-complete", "A wrong key gets no `setupComplete`.", async probe =>
        {
            _ = HttpChecks.Key(probe);
            var line = await probe.ConnectAsync(probe.Run.SocketPathWithout() + "?key=not-a-key");
            await line.SendAsync(probe.Run.Setup(""));
            await line.EndAsync();
            probe.Require(!line.Taken.Exists(static message => message.Has("setupComplete")), "setupComplete came before the close.");
        });
        list.Must("token-on-plain-method", "A token on the method for keys closes with 1008 and the text about unregistered callers.", probe =>
            RefuseAsync(probe, "?access_token=auth_tokens/not-a-token", 1008, NoIdentity));
        list.Must("token-as-key", "A token as a key closes with 1007 or 1008.", async probe =>
        {
            _ = HttpChecks.Key(probe);
            var line = await probe.ConnectAsync(probe.Run.SocketPathWithout() + "?key=auth_tokens%2Fnot-a-token");
            await line.SendAsync(probe.Run.Setup(""));
            var end = await line.EndAsync();
            probe.Require(end.CloseCode is 1007 or 1008, $"Expected close 1007 or 1008; got {end}.");
        });
        list.In("2.1").Must("long-reason", "A reason longer than 123 bytes is cut there.", async probe =>
        {
            _ = HttpChecks.Key(probe);
            var line = await probe.ConnectAsync(probe.Run.SocketPathWithout());
            await line.SendAsync(probe.Run.Setup(""));
            var end = await line.EndAsync();
            probe.Require(Encoding.UTF8.GetByteCount(end.CloseReason) is > 0 and <= 123, $"The reason has {Encoding.UTF8.GetByteCount(end.CloseReason)} bytes.");
        });
        list.Area("credentials", "15").For(Vertex);
        list.Must("bearer", "A bearer credential opens a session of Vertex.", async probe => await probe.OpenAsync());
        list.Must("express-key", "A key in the header opens a session of Vertex.", async probe =>
            await (await probe.ConnectAsync(probe.Run.SocketPath(), ("x-goog-api-key", HttpChecks.Key(probe)))).SetUpAsync());
        list.In("1.3").Must("no-bearer", "Vertex answers HTTP 401 or 403 without a credential.", probe => RefuseHttpAsync(probe));
        list.Must("wrong-bearer", "Vertex answers HTTP 401 or 403 to a wrong bearer.", probe => RefuseHttpAsync(probe, ("Authorization", "Bearer not-a-token")));
    }

    private static string Key(Probe probe) => Uri.EscapeDataString(HttpChecks.Key(probe));

    private static async Task AcceptAsync(Probe probe, string query, params IEnumerable<(string Name, string Value)> headers)
    {
        var line = await probe.ConnectAsync(probe.Run.SocketPathWithout() + query, headers);
        await line.SetUpAsync();
    }

    private static async Task RefuseAsync(Probe probe, string query, int code, string reason, params IEnumerable<(string Name, string Value)> headers)
    {
        _ = HttpChecks.Key(probe);
        var line = await probe.ConnectAsync(probe.Run.SocketPathWithout() + query, headers);
        await line.SendAsync(probe.Run.Setup(""));
        await line.ExpectCloseAsync(code, reason);
    }

    private static async Task RefuseHttpAsync(Probe probe, params IEnumerable<(string Name, string Value)> headers)
    {
        var (upgrade, _) = await probe.TryConnectAsync(probe.Run.SocketPath(), headers);
        probe.Require(upgrade.Status is 401 or 403, $"Expected HTTP 401 or 403; got {upgrade.Status}.");
    }
}

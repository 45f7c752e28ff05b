using Parley.Phone.Telemetry;

namespace Parley.Phone.Carriers;

/// <summary>Addresses of this server, as the carriers see them.</summary>
internal static class StreamAddress
{
    internal const string Prefix = "/phone";

    internal static string Webhook(Uri server, PhoneCarrier carrier) => Build(server, $"{PhoneMetrics.NameOf(carrier)}/incoming", web: true);

    internal static string Stream(Uri server, PhoneCarrier carrier) => Build(server, $"{PhoneMetrics.NameOf(carrier)}/stream", web: false);

    private static string Build(Uri server, string path, bool web)
    {
        var secure = server.Scheme is "https" or "wss";
        return new UriBuilder(server)
        {
            Scheme = (web, secure) switch { (true, true) => "https", (true, false) => "http", (false, true) => "wss", _ => "ws" },
            Port = server.IsDefaultPort ? -1 : server.Port,
            Path = $"{server.AbsolutePath.TrimEnd('/')}{Prefix}/{path}",
            Query = "",
            Fragment = "",
        }.Uri.ToString();
    }
}

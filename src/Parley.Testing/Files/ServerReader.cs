using Parley.Server;

namespace Parley.Testing.Files;

/// <summary>Reads the options of the server underneath.</summary>
internal sealed class ServerReader(FileValues values)
{
    internal void Read(FileNode node, ScenarioContent content)
    {
        if (MapReader.Of(node, "server", FileFields.Server, values.Problems) is not { } map)
            return;
        Duration(map, "connectionLifetime", content, static (server, time) => server.Sessions.ConnectionLifetime = time);
        Duration(map, "goAwayLead", content, static (server, time) => server.Sessions.GoAwayLead = time);
        Duration(map, "sessionLifetime", content, static (server, time) => server.Sessions.SessionLifetime = time);
        Duration(map, "handleLifetime", content, static (server, time) => server.Sessions.HandleLifetime = time);
        Duration(map, "setupTimeout", content, static (server, time) => server.Connections.SetupTimeout = time);
        Duration(map, "keepAliveInterval", content, static (server, time) => server.Connections.KeepAliveInterval = time);
        Duration(map, "keepAliveTimeout", content, static (server, time) => server.Connections.KeepAliveTimeout = time);
        Set(values.Integer(map["maxSessionsPerKey"], "maxSessionsPerKey", least: 1), content, static (server, most) => server.Sessions.MaxSessionsPerKey = most);
        Set(values.Flag(map["closeNormallyAfterGoAway"], "closeNormallyAfterGoAway"), content, static (server, flag) => server.Sessions.CloseNormallyAfterGoAway = flag);
        Set(values.Flag(map["indentedJson"], "indentedJson"), content, static (server, flag) => server.IndentedJson = flag);
        Set(values.Flag(map["rejectAtHttp"], "rejectAtHttp"), content, static (server, flag) => server.RejectAtHttp = flag);
        Set(values.Date(map["modelsAsOf"], "modelsAsOf"), content, static (server, day) => server.ModelsAsOf = day);
        if (values.OneOf(map["frames"], "frames", "text", "binary") is { } frames)
            content.Server.Add(server => server.Frames = frames == "text" ? LiveFrameKind.Text : LiveFrameKind.Binary);
        content.SpeechThresholdDb = values.Number(map["speechThreshold"], "speechThreshold", -100, 0);
    }

    private void Duration(MapReader map, string name, ScenarioContent content, Action<LiveApiOptions, TimeSpan> set) =>
        Set(values.Duration(map[name], name), content, set);

    private static void Set<T>(T? value, ScenarioContent content, Action<LiveApiOptions, T> set)
        where T : struct
    {
        if (value is { } given)
            content.Server.Add(server => set(server, given));
    }
}

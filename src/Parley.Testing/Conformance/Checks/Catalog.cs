using Parley.Testing.Conformance.Running;

namespace Parley.Testing.Conformance.Checks;

/// <summary>All checks of servers.</summary>
internal static class Catalog
{
    internal static IReadOnlyList<RunnableCheck> All { get; } = Create();

    internal static IReadOnlyList<string> Areas { get; } = [.. All.Select(static check => check.Check.Area).Distinct()];

    private static List<RunnableCheck> Create()
    {
        var list = new CheckList();
        HttpChecks.AddTo(list);
        HandshakeChecks.AddTo(list);
        CredentialChecks.AddTo(list);
        FramingChecks.AddTo(list);
        JsonChecks.AddTo(list);
        SetupChecks.AddTo(list);
        ToolSetupChecks.AddTo(list);
        ModelChecks.AddTo(list);
        OrderChecks.AddTo(list);
        ContentChecks.AddTo(list);
        RealtimeChecks.AddTo(list);
        ActivityChecks.AddTo(list);
        OutputChecks.AddTo(list);
        InterruptionChecks.AddTo(list);
        ToolChecks.AddTo(list);
        ResumptionChecks.AddTo(list);
        TokenChecks.AddTo(list);
        CloseChecks.AddTo(list);
        return list.Checks;
    }
}

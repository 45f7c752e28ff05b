using Parley.Testing.Conformance.Sockets;

namespace Parley.Testing.Conformance.Running;

/// <summary>A check with its code, and the profiles that it belongs to.</summary>
internal sealed record RunnableCheck(ConformanceCheck Check, Func<Probe, Task> RunAsync, Func<ConformanceProfile, bool> AppliesTo);

/// <summary>Collects checks. The families are requirements of the same form: a setup or a message that is accepted or refused.</summary>
internal sealed class CheckList
{
    private string _area = "", _section = "";
    private Func<ConformanceProfile, bool> _applies = static _ => true;

    internal List<RunnableCheck> Checks { get; } = [];

    /// <summary>Area and section of the checks that follow.</summary>
    internal CheckList Area(string area, string section)
    {
        (_area, _section, _applies) = (area, section, static _ => true);
        return this;
    }

    /// <summary>Section of the checks that follow.</summary>
    internal CheckList In(string section)
    {
        _section = section;
        return this;
    }

    /// <summary>Profiles of the checks that follow.</summary>
    internal CheckList For(params ConformanceProfile[] profiles)
    {
        _applies = profiles.Length == 0 ? static _ => true : profiles.Contains;
        return this;
    }

    internal CheckList Must(string name, string text, Func<Probe, Task> run, ConformanceNeeds needs = ConformanceNeeds.None) =>
        Add(name, text, ConformanceSeverity.Must, needs, run);

    internal CheckList Should(string name, string text, Func<Probe, Task> run, ConformanceNeeds needs = ConformanceNeeds.None) =>
        Add(name, text, ConformanceSeverity.Should, needs, run);

    /// <summary>A recorded conversation must meet a condition.</summary>
    internal CheckList Recorded(
        string name, string text, RecordingKind kind, Action<Recording, Probe> verify, ConformanceNeeds needs, ConformanceSeverity severity = ConformanceSeverity.Must) =>
        Add(name, text, severity, needs, async probe =>
        {
            var recording = await probe.Run.RecordingAsync(kind).ConfigureAwait(false);
            probe.Shows(recording);
            if (recording.Failure is { } failure)
                throw new CheckSkippedException($"the conversation it looks at did not come about: {failure}");
            verify(recording, probe);
        });

    /// <summary>A setup with these members is confirmed.</summary>
    internal CheckList Accepts(string name, string text, string members, string? model = null, ConformanceSeverity severity = ConformanceSeverity.Must) =>
        Add(name, text, severity, ConformanceNeeds.None, probe => model is null ? probe.OpenAsync(members) : probe.OpenOtherAsync(model, members));

    /// <summary>A setup with these members is closed with 1007.</summary>
    internal CheckList Refuses(
        string name, string text, string members, string reason, string? model = null, ConformanceSeverity severity = ConformanceSeverity.Must) =>
        Add(name, text, severity, ConformanceNeeds.None, async probe =>
        {
            if (model is not null)
                await probe.Run.RequireModelAsync(model, probe).ConfigureAwait(false);
            var line = await probe.ConnectAsync().ConfigureAwait(false);
            await line.SendAsync(probe.Run.Setup(members, model)).ConfigureAwait(false);
            await line.ExpectRefusalAsync(1007, reason).ConfigureAwait(false);
        });

    /// <summary>A message in a session is accepted.</summary>
    internal CheckList AcceptsMessage(string name, string text, string message, string setup = "", ConformanceSeverity severity = ConformanceSeverity.Must) =>
        Add(name, text, severity, ConformanceNeeds.None, async probe =>
        {
            var line = await probe.OpenAsync(setup).ConfigureAwait(false);
            await line.SendAsync(message).ConfigureAwait(false);
            await probe.ExpectAliveAsync(line, "the message").ConfigureAwait(false);
        });

    /// <summary>A message in a session is closed with 1007, or with another code if given.</summary>
    internal CheckList RefusesMessage(
        string name, string text, string message, string reason, string setup = "", int code = 1007, ConformanceSeverity severity = ConformanceSeverity.Must) =>
        Add(name, text, severity, ConformanceNeeds.None, async probe =>
        {
            var line = await probe.OpenAsync(setup).ConfigureAwait(false);
            await line.SendAsync(message).ConfigureAwait(false);
            // Where a second setup is refused by order, it shows at once that the message was not.
            if (await probe.Run.RefusesSecondSetupAsync().ConfigureAwait(false))
                await line.SendAsync(probe.Run.Setup("")).ConfigureAwait(false);
            await line.ExpectRefusalAsync(code, reason).ConfigureAwait(false);
        });

    /// <summary>A first message is closed.</summary>
    internal CheckList RefusesFirst(string name, string text, string message, string reason, int opcode = ProbeMessage.Text) =>
        Must(name, text, async probe =>
        {
            var line = await probe.ConnectAsync().ConfigureAwait(false);
            await line.SendAsync(System.Text.Encoding.UTF8.GetBytes(message.Replace("$MODEL", probe.Run.ModelName, StringComparison.Ordinal)), opcode).ConfigureAwait(false);
            await line.ExpectRefusalAsync(1007, reason).ConfigureAwait(false);
        });

    private CheckList Add(string name, string text, ConformanceSeverity severity, ConformanceNeeds needs, Func<Probe, Task> run)
    {
        Checks.Add(new(new ConformanceCheck(_area, name, text, _section, severity, needs), run, _applies));
        return this;
    }
}

using System.Text;
using Parley.Protocol.Models;
using Parley.Protocol;
using Parley.Server.Wire;

namespace Parley.Server.Relay;

/// <summary>A <see cref="RelayPolicy"/> with its tools parsed once.</summary>
internal sealed class ParsedRelayPolicy(RelayPolicy policy)
{
    private static readonly LiveClose Modalities = new(1007, "This response modality is not allowed for the key.");

    private readonly IReadOnlyList<Tool>? _tools = ToolsOf(policy);

    internal TimeSpan LongestSession => policy.LongestSession ?? TimeSpan.FromDays(1);

    internal int? MinutesPerDay => policy.MinutesPerDay;

    /// <summary>The policy sets instruction or tools, so no later message may change them.</summary>
    internal bool PinsContext => policy.SystemInstruction is not null || _tools is not null;

    /// <summary>The policy judges or sets more of a setup than its model, so all of it must be understood.</summary>
    internal bool RefusesUnknown => PinsContext || policy.Modalities.Count > 0;

    internal bool AppliesTo(LiveCaller caller) => policy.Keys.Any(caller.HasKey);

    /// <summary>The setup after applying the policy; the same object if nothing changes.</summary>
    /// <exception cref="LiveCloseException">The policy does not allow the setup.</exception>
    internal Setup Apply(Setup requested, string model, string version)
    {
        if (policy.Models.Count > 0 && !(ModelName.Id(model) is { } id && policy.Models.Any(pattern => ModelPattern.IsMatch(id, pattern))))
            throw new LiveCloseException(LiveClose.UnknownModel(model, version));
        var setup = requested;
        if (policy.SystemInstruction is { } instruction)
            setup = setup with { SystemInstruction = new Content { Parts = [new Part { Text = instruction }] } };
        if (_tools is not null)
            setup = setup with { Tools = _tools.Count == 0 ? null : _tools };
        return policy.Modalities.Count == 0 ? setup : WithModality(setup);
    }

    internal static IReadOnlyList<Tool>? ToolsOf(RelayPolicy policy) => policy.Tools is { } tools
        ? LiveCodec.DecodeSetup(Encoding.UTF8.GetBytes($"{{\"tools\":{tools}}}")).Tools ?? []
        : null;

    private Setup WithModality(Setup setup)
    {
        var asked = setup.GenerationConfig?.ResponseModalities ?? [];
        if (asked.Count == 0)
        {
            return policy.Modalities.Contains("AUDIO") // the default (docs/protocol.md#411-generationconfig)
                ? setup
                : setup with { GenerationConfig = (setup.GenerationConfig ?? new GenerationConfig()) with { ResponseModalities = [new Modality(policy.Modalities[0])] } };
        }
        return asked.All(modality => policy.Modalities.Contains(modality.Value)) ? setup : throw new LiveCloseException(Modalities);
    }
}

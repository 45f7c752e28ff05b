using Parley.Testing;

namespace Parley.Cli.Emulation;

/// <summary>An environment variable that leads a client to an emulator.</summary>
internal sealed record EmulatorVariable(string Name, string Value, string Purpose);

/// <summary>
/// The variables of the official SDKs (<c>@google/genai</c>, <c>google-genai</c>) and our own.
/// </summary>
internal static class EmulatorVariables
{
    /// <summary>Wins over <c>GEMINI_API_KEY</c> in the SDKs, which warn of both: a command gets the latter alone.</summary>
    internal const string OtherKey = "GOOGLE_API_KEY";

    /// <param name="emulator">The emulator.</param>
    /// <param name="trust">The files by which clients trust its TLS; null without.</param>
    internal static IReadOnlyList<EmulatorVariable> Of(LiveEmulator emulator, TrustFiles? trust)
    {
        var url = emulator.BaseAddress.GetLeftPart(UriPartial.Authority);
        return
        [
            new("GOOGLE_GEMINI_BASE_URL", url, "official SDKs"),
            new("GOOGLE_VERTEX_BASE_URL", url, "official SDKs with Vertex AI"),
            new("GEMINI_API_KEY", emulator.ApiKey, "official SDKs"),
            new("PARLEY_URL", url, "parley"),
            new("PARLEY_KEY", emulator.ApiKey, "parley"),
            new("PARLEY_EMULATOR_URL", url, "your tests"),
            new("PARLEY_EMULATOR_KEY", emulator.ApiKey, "your tests"),
            new("PARLEY_EMULATOR_CONTROL", emulator.ControlAddress.ToString(), "your tests: the control API"),
            .. trust?.Variables ?? [],
        ];
    }
}

using System.Globalization;
using Parley.Protocol;

namespace Parley.Cascade.Input;

/// <summary>Text in place of a transcript if there is no recognizer: the duration of the speech.</summary>
internal static class SpeechPlaceholder
{
    internal static string Describe(long samples) =>
        string.Create(CultureInfo.InvariantCulture, $"[{(double)samples / AudioFormat.InputRateHz:0.0} seconds of speech]");
}

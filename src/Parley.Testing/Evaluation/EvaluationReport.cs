using Parley.Testing.Evaluation.Reports;

namespace Parley.Testing;

/// <summary>What an evaluation measured.</summary>
public sealed class EvaluationReport
{
    internal EvaluationReport(string target, string? model, IReadOnlyList<EvaluatedCall> calls)
    {
        (Target, Model, Calls) = (target, model, calls);
        Measures = Evaluation.Measuring.Measures.Of(calls);
    }

    /// <summary>The server, or the recordings.</summary>
    public string Target { get; }

    /// <summary>The model of the sessions; null for recordings.</summary>
    public string? Model { get; }

    /// <summary>The calls, in the order of the suite.</summary>
    public IReadOnlyList<EvaluatedCall> Calls { get; }

    /// <summary>The measures over all calls, always all of them and in the same order.</summary>
    public IReadOnlyList<EvaluationMeasure> Measures { get; }

    /// <summary>A measure by its name.</summary>
    /// <param name="id">Its name, such as <c>response-rate</c>.</param>
    /// <exception cref="ArgumentException">There is no such measure.</exception>
    public EvaluationMeasure this[string id] =>
        Measures.FirstOrDefault(measure => measure.Id == id) ?? throw new ArgumentException($"There is no measure '{id}'.", nameof(id));

    /// <summary>The report as JSON, without the audio.</summary>
    /// <param name="requirements">Requirements to compare; null = none.</param>
    public string ToJson(IReadOnlyList<EvaluationRequirement>? requirements = null) => ReportJson.Of(this, requirements ?? []);

    /// <summary>The report as Markdown.</summary>
    /// <param name="requirements">Requirements to compare; null = none.</param>
    public string ToMarkdown(IReadOnlyList<EvaluationRequirement>? requirements = null) => ReportMarkdown.Of(this, requirements ?? []);

    /// <summary>
    /// Writes <c>report.json</c>, <c>report.md</c> and for each call <c>NAME.wav</c> (left the user, right the agent), <c>NAME.json</c> (what the user did and the
    /// server reported) and <c>NAME.svg</c>. Files of the same name are overwritten.
    /// </summary>
    /// <param name="folder">The folder; created if it is missing.</param>
    /// <param name="requirements">Requirements to compare; null = none.</param>
    public void Save(string folder, IReadOnlyList<EvaluationRequirement>? requirements = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        Directory.CreateDirectory(folder);
        File.WriteAllText(Path.Combine(folder, "report.json"), ToJson(requirements));
        File.WriteAllText(Path.Combine(folder, "report.md"), ToMarkdown(requirements));
        foreach (var call in Calls)
        {
            call.Recording.Audio.Save(Path.Combine(folder, $"{call.Name}.wav"));
            File.WriteAllText(Path.Combine(folder, $"{call.Name}.json"), RecordingJson.Of(call.Recording));
            File.WriteAllText(Path.Combine(folder, $"{call.Name}.svg"), call.ToSvg());
        }
    }

    /// <summary>The report as Markdown.</summary>
    public override string ToString() => ToMarkdown();
}

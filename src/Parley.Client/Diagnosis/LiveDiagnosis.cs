using System.Runtime.CompilerServices;
using Parley.Client.Diagnosis;

namespace Parley.Client;

/// <summary>Finds out why a session cannot be opened.</summary>
public static class LiveDiagnosis
{
    /// <summary>
    /// Opens a session from scratch, step by step: name, port, certificate, upgrade, credential, setup, first answer. The steps after the
    /// first failure are reported as skipped, so there is always one result per kind. It keeps a session open for some seconds and asks for
    /// one short answer.
    /// </summary>
    /// <param name="client">The client whose address, credential and options are tested.</param>
    /// <param name="setup">The session to open.</param>
    /// <param name="cancellationToken">Cancels the diagnosis.</param>
    /// <returns>The steps, each as soon as its result is known.</returns>
    public static async IAsyncEnumerable<DiagnosisStep> DiagnoseAsync(
        this LiveClient client, LiveSetup setup, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(client);
        ArgumentNullException.ThrowIfNull(setup);
        var clock = client.Core.Options.TimeProvider;
        var network = new NetworkSteps(client);
        var service = new ServiceSteps(client, setup);
        await using var disposal = service.ConfigureAwait(false);
        (DiagnosisStepKind Kind, Func<CancellationToken, Task<DiagnosisStep>> Run)[] steps =
        [
            (DiagnosisStepKind.Dns, network.DnsAsync),
            (DiagnosisStepKind.Tcp, network.TcpAsync),
            (DiagnosisStepKind.Tls, network.TlsAsync),
            (DiagnosisStepKind.Upgrade, service.UpgradeAsync),
            (DiagnosisStepKind.Credential, service.CredentialAsync),
            (DiagnosisStepKind.Setup, service.SetupAsync),
            (DiagnosisStepKind.Answer, service.AnswerAsync),
            (DiagnosisStepKind.GuideConfig, service.GuideConfigAsync),
        ];
        DiagnosisStep? failed = null;
        foreach (var (kind, run) in steps)
        {
            if (failed is not null)
            {
                yield return new DiagnosisStep(kind, DiagnosisOutcome.Skipped, $"not tried, because the step {failed.Kind} failed");
                continue;
            }
            var started = clock.GetTimestamp();
            var step = await run(cancellationToken).ConfigureAwait(false);
            if (step.Outcome != DiagnosisOutcome.Skipped)
                step = step with { Duration = clock.GetElapsedTime(started) };
            if (step.Outcome == DiagnosisOutcome.Failed)
                failed = step;
            yield return step;
        }
    }
}

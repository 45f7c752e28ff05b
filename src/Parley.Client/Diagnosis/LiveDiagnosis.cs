using System.Runtime.CompilerServices;
using Parley.Client.Diagnosis;

namespace Parley.Client;

/// <summary>Finds out why a session cannot be opened.</summary>
public static class LiveDiagnosis
{
    /// <summary>
    /// Opens a session step by step, as a client does that knows nothing yet: name, port, certificate, upgrade, credential, setup, first answer.
    /// The first step that fails is the last that is tried; those behind it are given as skipped, so there are always as many steps as kinds.
    /// It holds a session for some seconds and asks for one short answer.
    /// </summary>
    /// <param name="client">The client whose address, credential and options are examined.</param>
    /// <param name="setup">The session to open.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The steps, each as soon as it is known.</returns>
    public static async IAsyncEnumerable<DiagnosisStep> DiagnoseAsync(
        this LiveClient client, LiveSetup setup, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(client);
        ArgumentNullException.ThrowIfNull(setup);
        var clock = client.Options.TimeProvider;
        var network = new NetworkSteps(client);
        var service = new ServiceSteps(client, setup);
        await using var whole = service.ConfigureAwait(false);
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
                yield return new DiagnosisStep(kind, DiagnosisOutcome.Skipped, $"not tried, because {failed.Kind} failed");
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

using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using Parley.Recording.Hosting;
using Parley.Recording.Sessions;
using Parley.Recording.Telemetry;
using Parley.Server;
using Parley.Server.Sessions;

namespace Parley.Recording;

/// <summary>Adds recording to the Live API.</summary>
public static class RecordingBuilderExtensions
{
    /// <summary>
    /// Records sessions, of local models, of a relay and of telephone calls, into a folder. In most countries callers must be told, and often must
    /// agree. Options are read from the configuration section <c>Recording</c>, then from <paramref name="configure"/>.
    /// </summary>
    /// <param name="builder">The Live API.</param>
    /// <param name="configure">Changes the options; null = as configured.</param>
    public static LiveApiBuilder AddRecording(this LiveApiBuilder builder, Action<RecordingOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.BindOptions("Recording", configure);
        var services = builder.Services;
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<RecordingOptions>, RecordingOptionsValidator>());
        services.TryAddSingleton<RecordingMetrics>();
        services.TryAddSingleton<RecorderServices>();
        services.TryAddSingleton<Announcer>();
        services.TryAddSingleton<SessionRecorder>();
        services.TryAddSingleton<ISessionRecorder>(static provider => provider.GetRequiredService<SessionRecorder>());
        services.TryAddSingleton(static provider => new LiveRecordings(provider.GetRequiredService<RecorderServices>(), provider.GetRequiredService<SessionRecorder>()));
        services.AddHostedService<RecordingService>();
        return builder;
    }
}

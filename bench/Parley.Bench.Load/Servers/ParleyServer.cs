using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Parley.Assistant;
using Parley.Cascade;
using Parley.Server;
using Parley.Speech;

namespace Parley.Bench.Load.Servers;

/// <summary>The server as an application hosts it, with one of two models.</summary>
internal static class ParleyServer
{
    /// <summary>
    /// The cascade with the built-in assistant and TTS, or with canned ones that cost nothing and do not delay the answer.
    /// </summary>
    internal static void AddServices(IServiceCollection services, bool defaultModel)
    {
        // Without the rate limit of one client, which is what a flood would measure.
        var live = services.AddLiveApi(static options => options.Connections.MaxInputBytesPerSecond = 0);
        live.UseDefaultModel(provider =>
        {
            var time = provider.GetRequiredService<TimeProvider>();
            var logger = provider.GetRequiredService<ILogger<CascadeModel>>();
            return defaultModel
                ? new CascadeModel(new CascadeParts { ChatModel = new RuleBasedChatClient(time), Synthesizer = new ToneSynthesizer() }, new CascadeOptions(), time, logger)
                : new CascadeModel(
                    new CascadeParts { ChatModel = new CannedChatModel(), Synthesizer = new CannedVoice() }, new CascadeOptions { AudioLead = TimeSpan.FromDays(1) }, time, logger);
        });
    }
}

using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Parley.Server;
using Parley.Server.Brains;
using Parley.Server.Cascade;
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
        var live = services.AddLiveApi();
        live.UseDefaultModel(provider =>
        {
            var time = provider.GetRequiredService<TimeProvider>();
            var logger = provider.GetRequiredService<ILogger<CascadeModel>>();
            return defaultModel
                ? new CascadeModel(new CascadeParts { Brain = new ScriptedChatClient(time), Voice = new ToneSynthesizer() }, new CascadeOptions(), time, logger)
                : new CascadeModel(
                    new CascadeParts { Brain = new CannedBrain(), Voice = new CannedVoice() }, new CascadeOptions { AudioLead = TimeSpan.FromDays(1) }, time, logger);
        });
    }
}

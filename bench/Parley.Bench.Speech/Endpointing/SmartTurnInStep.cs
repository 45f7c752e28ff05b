using Parley.Speech;
using Parley.Speech.TurnTaking.SmartTurn;

namespace Parley.Bench.Speech.Endpointing;

/// <summary>Smart Turn with its estimate ready as soon as it is asked, so that results do not depend on the machine.</summary>
internal sealed class SmartTurnInStep(string file) : ITurnDetectors, IDisposable
{
    private readonly SmartTurnNetwork _network = new(file);

    public string Name => "smart-turn";

    public ITurnDetector Create() => new Detector(_network);

    public void Dispose() => _network.Dispose();

    private sealed class Detector(SmartTurnNetwork network) : ITurnDetector
    {
        private const int PreRoll = 4_800;

        private readonly List<short> _heard = [];
        private int _from;
        private float _probability = float.NaN;

        public void BeginTurn() => (_from, _probability) = (Math.Max(0, _heard.Count - PreRoll), float.NaN);

        public void Process(ReadOnlySpan<short> samples, float speech) => _heard.AddRange(samples);

        public float GetEndProbability(in TurnState state)
        {
            if (state.Silence < TimeSpan.FromMilliseconds(160))
                return _probability = float.NaN;
            var from = Math.Max(_from, _heard.Count - LogMelSpectrogram.Samples);
            if (float.IsNaN(_probability))
                _probability = network.Rate([.. _heard.Skip(from).Select(sample => sample / 32_768f)]);
            return _probability;
        }

        public void Dispose()
        {
        }
    }
}

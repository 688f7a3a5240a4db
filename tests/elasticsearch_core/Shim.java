import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.apache.lucene.analysis.Analyzer;
import org.apache.lucene.analysis.TokenStream;
import org.apache.lucene.analysis.cjk.CJKBigramFilter;
import org.apache.lucene.analysis.miscellaneous.ASCIIFoldingFilter;
import org.apache.lucene.analysis.snowball.SnowballFilter;
import org.apache.lucene.analysis.util.ElisionFilter;
import org.elasticsearch.Build;
import org.elasticsearch.client.internal.node.NodeClient;
import org.elasticsearch.index.analysis.PreBuiltAnalyzerProviderFactory;
import org.elasticsearch.index.analysis.PreConfiguredTokenFilter;
import org.elasticsearch.index.analysis.TokenFilterFactory;
import org.elasticsearch.indices.analysis.AnalysisModule.AnalysisProvider;
import org.elasticsearch.indices.analysis.PreBuiltCacheFactory.CachingStrategy;
import org.elasticsearch.plugins.AnalysisPlugin;
import org.elasticsearch.rest.BaseRestHandler;
import org.elasticsearch.rest.RestHandler;
import org.elasticsearch.rest.RestRequest;
import org.elasticsearch.rest.RestResponse;
import org.elasticsearch.rest.RestStatus;
import org.elasticsearch.xcontent.XContentBuilder;

/**
 * What two modules that are not published would give, as far as our tests use it: the answer to `GET /` (rest-root), and
 * the language analyzers and filters (analysis-common), by the same Lucene classes as there.
 */
public class Shim extends RestPlugin implements AnalysisPlugin {
    /** Name in an index's settings, and Lucene's class below org.apache.lucene.analysis. */
    private static final Map<String, String> ANALYZERS = named(
        "arabic ar.ArabicAnalyzer", "armenian hy.ArmenianAnalyzer", "basque eu.BasqueAnalyzer",
        "bengali bn.BengaliAnalyzer", "brazilian br.BrazilianAnalyzer", "bulgarian bg.BulgarianAnalyzer",
        "catalan ca.CatalanAnalyzer", "cjk cjk.CJKAnalyzer", "czech cz.CzechAnalyzer", "danish da.DanishAnalyzer",
        "dutch nl.DutchAnalyzer", "english en.EnglishAnalyzer", "estonian et.EstonianAnalyzer",
        "finnish fi.FinnishAnalyzer", "french fr.FrenchAnalyzer", "galician gl.GalicianAnalyzer",
        "german de.GermanAnalyzer", "greek el.GreekAnalyzer", "hindi hi.HindiAnalyzer",
        "hungarian hu.HungarianAnalyzer", "indonesian id.IndonesianAnalyzer", "irish ga.IrishAnalyzer",
        "italian it.ItalianAnalyzer", "latvian lv.LatvianAnalyzer", "lithuanian lt.LithuanianAnalyzer",
        "norwegian no.NorwegianAnalyzer", "persian fa.PersianAnalyzer", "portuguese pt.PortugueseAnalyzer",
        "romanian ro.RomanianAnalyzer", "russian ru.RussianAnalyzer", "serbian sr.SerbianAnalyzer",
        "sorani ckb.SoraniAnalyzer", "spanish es.SpanishAnalyzer", "swedish sv.SwedishAnalyzer",
        "tamil ta.TamilAnalyzer", "telugu te.TeluguAnalyzer", "thai th.ThaiAnalyzer", "turkish tr.TurkishAnalyzer");

    /** Name, and Lucene's class, whose constructor takes the stream alone; these also apply to prefixes and wildcards. */
    private static final Map<String, String> NORMALIZERS = named(
        "arabic_normalization ar.ArabicNormalizationFilter", "cjk_width cjk.CJKWidthFilter",
        "decimal_digit core.DecimalDigitFilter", "german_normalization de.GermanNormalizationFilter",
        "hindi_normalization hi.HindiNormalizationFilter", "indic_normalization in.IndicNormalizationFilter",
        "persian_normalization fa.PersianNormalizationFilter",
        "scandinavian_folding miscellaneous.ScandinavianFoldingFilter",
        "trim miscellaneous.TrimFilter", "uppercase core.UpperCaseFilter");

    /** These do not. */
    private static final Map<String, String> FILTERS = named(
        "apostrophe tr.ApostropheFilter", "classic classic.ClassicFilter",
        "porter_stem en.PorterStemFilter", "remove_duplicates miscellaneous.RemoveDuplicatesTokenFilter",
        "reverse reverse.ReverseStringFilter");

    @Override
    Collection<RestHandler> handlers() {
        return List.of(new Root());
    }

    @Override
    public List<PreBuiltAnalyzerProviderFactory> getPreBuiltAnalyzerProviderFactories() {
        List<PreBuiltAnalyzerProviderFactory> factories = new ArrayList<>();
        ANALYZERS.forEach((name, type) -> factories.add(
            new PreBuiltAnalyzerProviderFactory(name, CachingStrategy.ONE, () -> (Analyzer) make(type))));
        return factories;
    }

    @Override
    public List<PreConfiguredTokenFilter> getPreConfiguredTokenFilters() {
        List<PreConfiguredTokenFilter> filters = new ArrayList<>();
        filters.add(PreConfiguredTokenFilter.singleton("asciifolding", true, ASCIIFoldingFilter::new));
        filters.add(PreConfiguredTokenFilter.singleton("cjk_bigram", false, CJKBigramFilter::new));
        filters.add(PreConfiguredTokenFilter.singleton(
            "elision", true, stream -> new ElisionFilter(stream, org.apache.lucene.analysis.fr.FrenchAnalyzer.DEFAULT_ARTICLES)));
        NORMALIZERS.forEach((name, type) -> filters.add(
            PreConfiguredTokenFilter.singleton(name, true, stream -> (TokenStream) make(type, stream))));
        FILTERS.forEach((name, type) -> filters.add(
            PreConfiguredTokenFilter.singleton(name, false, stream -> (TokenStream) make(type, stream))));
        return filters;
    }

    @Override
    public Map<String, AnalysisProvider<TokenFilterFactory>> getTokenFilters() {
        return Map.of(
            "asciifolding", (index, environment, name, settings) -> {
                boolean keepsOriginal = settings.getAsBoolean("preserve_original", false);
                return filter(name, stream -> new ASCIIFoldingFilter(stream, keepsOriginal));
            },
            "snowball", (index, environment, name, settings) ->
                filter(name, stream -> new SnowballFilter(stream, settings.get("language", "English"))));
    }

    private static TokenFilterFactory filter(String name, UnaryOperator<TokenStream> create) {
        return new TokenFilterFactory() {
            @Override
            public String name() {
                return name;
            }

            @Override
            public TokenStream create(TokenStream stream) {
                return create.apply(stream);
            }
        };
    }

    private static Object make(String type, Object... arguments) {
        try {
            Class<?> found = Class.forName("org.apache.lucene.analysis." + type);
            if (arguments.length == 0) {
                return found.getConstructor().newInstance();
            }
            return found.getConstructor(TokenStream.class).newInstance(arguments);
        } catch (ReflectiveOperationException problem) {
            throw new IllegalStateException(type, problem);
        }
    }

    private static Map<String, String> named(String... pairs) {
        Map<String, String> found = new LinkedHashMap<>();
        Arrays.stream(pairs).map(pair -> pair.split(" ")).forEach(pair -> found.put(pair[0], pair[1]));
        return found;
    }

    private static class Root extends BaseRestHandler {
        @Override
        public String getName() {
            return "root";
        }

        @Override
        public List<Route> routes() {
            return List.of(new Route(RestRequest.Method.GET, "/"), new Route(RestRequest.Method.HEAD, "/"));
        }

        @Override
        protected RestChannelConsumer prepareRequest(RestRequest request, NodeClient client) {
            return channel -> {
                try (XContentBuilder answer = channel.newBuilder()) {
                    answer.startObject().field("name", "test-0").field("cluster_name", "newswire-test")
                        .startObject("version").field("number", Build.current().version())
                        .field("build_flavor", Build.current().flavor())
                        .field("lucene_version", org.apache.lucene.util.Version.LATEST.toString()).endObject()
                        .field("tagline", "You Know, for Search").endObject();
                    channel.sendResponse(new RestResponse(RestStatus.OK, answer));
                } catch (IOException problem) {
                    throw new UncheckedIOException(problem);
                }
            };
        }
    }
}

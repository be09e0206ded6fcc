import de.bwaldvogel.mongo.MongoServer;
import de.bwaldvogel.mongo.MongoVersion;
import de.bwaldvogel.mongo.backend.h2.H2Backend;
import java.util.List;

/**
 * Serve PORT FILE: keeps its documents in FILE, and prints the port that it listens on (0 asks for a free one).
 */
public class Serve {
  public static void main(String[] args) throws Exception {
    H2Backend backend = new H2Backend(args[1]);
    backend.version(new Version5());
    MongoServer server = new MongoServer(backend);
    server.bind("127.0.0.1", Integer.parseInt(args[0]));
    System.out.println("listening on " + server.getLocalAddress().getPort());
  }

  /** The oldest that version 7 of the driver talks to. */
  static class Version5 implements MongoVersion {
    public int getWireVersion() {
      return 13;
    }

    public List<Integer> getVersionArray() {
      return List.of(5, 0, 0, 0);
    }

    public String toVersionString() {
      return "5.0.0";
    }
  }
}

/** What a screen of a running worker shows to who is not signed in. */
export const SignInNotice = ({ what }: { what: string }) => (
  <div class="notice sign-in">
    <p>
      <strong>Not signed in to a worker.</strong> Run <code>npm start</code> and open the link that
      it prints, or open <code>/#key=YOUR_API_KEY</code> on a worker that runs already: {what}
    </p>
  </div>
);

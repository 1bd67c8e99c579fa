def build_dossier(run): raise NotImplementedError
